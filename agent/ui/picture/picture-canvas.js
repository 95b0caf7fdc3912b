// What the person does to a picture. Every step makes a new canvas, so that undo is to take the one before. What was covered
// or cut away is not hidden but gone: the result is made of the pixels of the last canvas alone.

import { smaller } from './picture-geometry.js'

/** @typedef {import('./picture-geometry.js').Area} Area */

/** Longest side of a picture that is taken; a larger one would need more memory than browsers give. */
const MAX_SIDE = 8192

/**
 * Reads a picture file. The canvas holds its pixels and nothing else of the file: no place, no camera, no name.
 *
 * @param {Blob} file
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const [width, height] = [
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  ]
  const canvas = blank(width, height)
  penOf(canvas).drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return canvas
}

/**
 * The part of a picture that remains.
 *
 * @param {HTMLCanvasElement} picture
 * @param {Area} area
 */
export function cutOut(picture, { x, y, width, height }) {
  const canvas = blank(width, height)
  penOf(canvas).drawImage(picture, x, y, width, height, 0, 0, width, height)
  return canvas
}

/**
 * The picture with an area made black.
 *
 * @param {HTMLCanvasElement} picture
 * @param {Area} area
 */
export function coverArea(picture, { x, y, width, height }) {
  const canvas = blank(picture.width, picture.height)
  const pen = penOf(canvas)
  pen.drawImage(picture, 0, 0)
  pen.fillStyle = '#000000'
  pen.fillRect(x, y, width, height)
  return canvas
}

/**
 * The picture as a PNG of at most so many bytes; a longer one is made smaller until it fits.
 *
 * @param {HTMLCanvasElement} picture
 * @param {number} most
 * @returns {Promise<Blob>}
 */
export async function pngOf(picture, most) {
  let canvas = picture
  for (;;) {
    const png = await encoded(canvas)
    if (png.size <= most) return png
    const { width, height } = smaller(canvas, png.size, most)
    canvas = blank(width, height)
    penOf(canvas).drawImage(picture, 0, 0, width, height)
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function encoded(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture came out')) : resolve(blob)), 'image/png')
  })
}

/**
 * @param {number} width
 * @param {number} height
 */
function blank(width, height) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = penOf(canvas)
  // See-through parts become white, as they look on the page.
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, width, height)
  return canvas
}

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('this browser cannot draw')
  return pen
}
