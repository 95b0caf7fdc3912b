import { crc32 } from 'node:zlib'
import type { Page } from 'playwright-core'

/** Size of the test's picture, and the red part of it that nobody is to see. */
export const PICTURE = { width: 400, height: 200 } as const
export const SECRET = { x: 100, y: 60, width: 80, height: 40 } as const
/** What stands in the picture's file beside its pixels, as cameras and programs write it. */
export const METADATA = 'Author: Ann Secret, 48.2082 N 16.3738 E'

/** A blue PNG with a red part and a text in its file. `page` is any page without a policy. */
export async function testPicture(
  page: Page,
  { width, height } = PICTURE as { width: number; height: number },
): Promise<Buffer> {
  const { x, y, width: w, height: h } = SECRET
  // As text: this code runs in the page, and tests are checked without the browser's types.
  const base64 = await page.evaluate<string>(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: ${width}, height: ${height} })
    const pen = canvas.getContext('2d')
    pen.fillStyle = '#2040c0'
    pen.fillRect(0, 0, ${width}, ${height})
    pen.fillStyle = '#ff0000'
    pen.fillRect(${x}, ${y}, ${w}, ${h})
    return canvas.toDataURL('image/png').split(',')[1]
  })()`)
  return withText(Buffer.from(base64, 'base64'), METADATA)
}

/** A PNG that no compression makes small: every pixel is another colour. */
export async function noisyPicture(page: Page, side: number): Promise<Buffer> {
  const base64 = await page.evaluate<string>(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: ${side}, height: ${side} })
    const pen = canvas.getContext('2d')
    const pixels = pen.createImageData(${side}, ${side})
    for (let at = 0; at < pixels.data.length; at += 65536) crypto.getRandomValues(pixels.data.subarray(at, at + 65536))
    for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255
    pen.putImageData(pixels, 0, 0)
    return canvas.toDataURL('image/png').split(',')[1]
  })()`)
  return Buffer.from(base64, 'base64')
}

/** What a picture's bytes show: its size and the colour at some places, as `#rrggbb`. */
export async function seen(
  page: Page,
  png: Buffer,
  places: readonly (readonly [number, number])[],
): Promise<{ readonly width: number; readonly height: number; readonly colours: readonly string[] }> {
  return page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height })
    const pen = canvas.getContext('2d')
    pen.drawImage(bitmap, 0, 0)
    const hex = (value) => value.toString(16).padStart(2, '0')
    const colours = ${JSON.stringify(places)}.map(([x, y]) => '#' + [...pen.getImageData(x, y, 1, 1).data].slice(0, 3).map(hex).join(''))
    return { width: bitmap.width, height: bitmap.height, colours }
  })()`)
}

/** Puts a text chunk after the header of a PNG (PNG specification, section 11.3.3.2). */
function withText(png: Buffer, text: string): Buffer {
  const content = Buffer.concat([Buffer.from('tEXt'), Buffer.from(`Comment\0${text}`, 'latin1')])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length - 4)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(content))
  const afterHeader = 8 + 25
  return Buffer.concat([png.subarray(0, afterHeader), length, content, sum, png.subarray(afterHeader)])
}
