// Places and sizes on a picture, in its own pixels. No page in here, so that it can be tested anywhere.

/**
 * @typedef {{ readonly x: number, readonly y: number, readonly width: number, readonly height: number }} Area
 * @typedef {{ readonly width: number, readonly height: number }} Size
 */

/** Smallest side of a cut-out. */
export const MIN_SIDE = 8

/**
 * The area between two corners, in whole pixels within the picture: every pixel that it touches belongs to it.
 *
 * @param {{ readonly x: number, readonly y: number }} from
 * @param {{ readonly x: number, readonly y: number }} to
 * @param {Size} size
 * @returns {Area}
 */
export function areaBetween(from, to, size) {
  const left = clamp(Math.floor(Math.min(from.x, to.x)), 0, size.width)
  const top = clamp(Math.floor(Math.min(from.y, to.y)), 0, size.height)
  const right = clamp(Math.ceil(Math.max(from.x, to.x)), 0, size.width)
  const bottom = clamp(Math.ceil(Math.max(from.y, to.y)), 0, size.height)
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/**
 * An area that was typed in: moved and cut until it lies within the picture; null when nothing of it does.
 *
 * @param {Area} typed
 * @param {Size} size
 * @returns {Area | null}
 */
export function areaWithin(typed, size) {
  const numbers = [typed.x, typed.y, typed.width, typed.height]
  if (!numbers.every((value) => Number.isFinite(value))) return null
  const far = { x: typed.x + Math.max(0, typed.width), y: typed.y + Math.max(0, typed.height) }
  const area = areaBetween({ x: typed.x, y: typed.y }, far, size)
  return area.width > 0 && area.height > 0 ? area : null
}

/**
 * Whether an area is large enough to be what remains of a picture.
 *
 * @param {Area} area
 */
export function isCutOut({ width, height }) {
  return width >= MIN_SIDE && height >= MIN_SIDE
}

/**
 * Where a point of the screen lies on the picture, whatever size it is shown in.
 *
 * @param {{ readonly clientX: number, readonly clientY: number }} point
 * @param {{ readonly left: number, readonly top: number, readonly width: number, readonly height: number }} box where the picture is shown
 * @param {Size} size
 */
export function onPicture({ clientX, clientY }, box, size) {
  return {
    x: ((clientX - box.left) / box.width) * size.width,
    y: ((clientY - box.top) / box.height) * size.height,
  }
}

/**
 * The size for the next try after a picture came out too long: smaller in both directions, and never as large as before.
 *
 * @param {Size} size
 * @param {number} bytes how long it came out
 * @param {number} most
 * @returns {Size}
 */
export function smaller(size, bytes, most) {
  const scale = Math.min(0.9, Math.sqrt(most / bytes))
  return { width: Math.max(1, Math.floor(size.width * scale)), height: Math.max(1, Math.floor(size.height * scale)) }
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value))
}
