// The picture tool: choose, paste or drop a picture, cut it, cover parts of it, take steps back. It sends nothing itself: it
// puts the finished picture into the form's own file field, and the form goes where it always goes. Without this script the
// same form takes a file as it is.

import { coverArea, cutOut, pngOf, readPicture } from './picture-canvas.js'
import { areaBetween, areaWithin, isCutOut, onPicture } from './picture-geometry.js'

/** @typedef {import('./picture-geometry.js').Area} Area */

const form = found('picture-form', HTMLFormElement)
const file = found('picture-file', HTMLInputElement)
const tool = found('picture-tool', HTMLElement)
const view = found('picture-view', HTMLCanvasElement)
const said = found('picture-said', HTMLElement)
const fields = {
  x: found('area-x', HTMLInputElement),
  y: found('area-y', HTMLInputElement),
  width: found('area-width', HTMLInputElement),
  height: found('area-height', HTMLInputElement),
}
const buttons = {
  cover: found('do-cover', HTMLButtonElement),
  cut: found('do-cut', HTMLButtonElement),
  undo: found('do-undo', HTMLButtonElement),
}

/** Most steps that can be taken back: each holds the whole picture. */
const MAX_STEPS = 20

/** @type {HTMLCanvasElement[]} the picture after each step; the last one is what is shown and sent */
let steps = []
/** @type {Area | null} */
let area = null
/** @type {{ readonly x: number, readonly y: number } | null} where a drag began */
let began = null

document.documentElement.classList.add('with-script')
file.addEventListener('change', () => void take(file.files?.[0]))
document.addEventListener('paste', (event) => void take(pictureIn(event.clipboardData)))
document.addEventListener('dragover', (event) => event.preventDefault())
document.addEventListener('drop', (event) => {
  event.preventDefault()
  void take(pictureIn(event.dataTransfer))
})
view.addEventListener('pointerdown', (event) => {
  view.setPointerCapture(event.pointerId)
  began = pointOf(event)
  select(null)
})
view.addEventListener('pointermove', (event) => {
  if (began !== null) select(areaBetween(began, pointOf(event), view))
})
view.addEventListener('pointerup', () => {
  began = null
})
view.addEventListener('pointercancel', () => {
  began = null
})
for (const field of Object.values(fields)) field.addEventListener('input', () => select(typedArea(), false))
buttons.cover.addEventListener('click', () => step((picture, chosen) => coverArea(picture, chosen), 'covered'))
buttons.cut.addEventListener('click', () => {
  if (area !== null && !isCutOut(area)) return say('tooSmall')
  step((picture, chosen) => cutOut(picture, chosen), 'cut')
})
buttons.undo.addEventListener('click', () => {
  if (steps.length < 2) return
  steps.pop()
  select(null)
  say('undone')
})
form.addEventListener('submit', (event) => {
  if (steps.length === 0) return
  event.preventDefault()
  void send()
})

/**
 * Begins with a picture. What is none is said and left, and a picture that is being worked on stays.
 *
 * @param {File | null | undefined} picked
 */
async function take(picked) {
  if (picked === null || picked === undefined) return
  // What was chosen is sent from the canvas only; the file itself never is.
  file.value = ''
  const picture = await readPicture(picked).catch(() => null) // Whatever is wrong with it, it cannot be read.
  if (picture === null) return say('notAPicture')
  steps = [picture]
  tool.hidden = false
  select(null)
  say('ready')
  view.focus()
}

/**
 * Does something to the chosen area.
 *
 * @param {(picture: HTMLCanvasElement, chosen: Area) => HTMLCanvasElement} change
 * @param {string} done
 */
function step(change, done) {
  const picture = steps.at(-1)
  if (picture === undefined || area === null) return say('chooseFirst')
  steps.push(change(picture, area))
  // The first is the whole picture as it came; it stays the last that undo comes to.
  if (steps.length > MAX_STEPS) steps.splice(1, 1)
  select(null)
  say(done)
}

/** Puts the finished picture into the form and lets the form go. */
async function send() {
  const picture = steps.at(-1)
  if (picture === undefined) return
  say('sending')
  const png = await pngOf(picture, Number(form.dataset.most))
  const files = new DataTransfer()
  files.items.add(new File([png], 'picture.png', { type: 'image/png' }))
  file.files = files.files
  form.submit()
}

/**
 * Chooses an area and shows it.
 *
 * @param {Area | null} chosen
 * @param {boolean} isTold whether the number fields are to follow
 */
function select(chosen, isTold = true) {
  area = chosen
  if (isTold)
    for (const name of /** @type {const} */ (['x', 'y', 'width', 'height']))
      fields[name].value = String(chosen?.[name] ?? '')
  const isEmpty = chosen === null || chosen.width === 0 || chosen.height === 0
  if (isEmpty) area = null
  buttons.cover.disabled = isEmpty
  buttons.cut.disabled = isEmpty
  buttons.undo.disabled = steps.length < 2
  draw()
}

/** Shows the picture with the chosen area framed; the frame is on the page only, never in the picture. */
function draw() {
  const picture = steps.at(-1)
  const pen = view.getContext('2d')
  if (picture === undefined || pen === null) return
  view.width = picture.width
  view.height = picture.height
  pen.drawImage(picture, 0, 0)
  if (area === null) return
  const line = Math.max(2, Math.round(picture.width / 300))
  pen.lineWidth = line
  for (const [colour, dash] of /** @type {const} */ ([
    ['#ffffff', []],
    ['#b3261e', [4 * line, 4 * line]],
  ])) {
    pen.strokeStyle = colour
    pen.setLineDash([...dash])
    pen.strokeRect(area.x, area.y, area.width, area.height)
  }
}

/** The area in the number fields; null while they are not filled in. */
function typedArea() {
  const { x, y, width, height } = fields
  if ([x, y, width, height].some(({ value }) => value === '')) return null
  return areaWithin(
    { x: Number(x.value), y: Number(y.value), width: Number(width.value), height: Number(height.value) },
    view,
  )
}

/** @param {PointerEvent} event */
function pointOf(event) {
  return onPicture(event, view.getBoundingClientRect(), view)
}

/**
 * The first picture in what was pasted or dropped.
 *
 * @param {DataTransfer | null} transfer
 */
function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find(({ type }) => type.startsWith('image/'))
}

/**
 * Says a sentence of the page, in the person's language; a screen reader reads it out.
 *
 * @param {string} name
 */
function say(name) {
  said.textContent = said.dataset[name] ?? ''
}

/**
 * A part of the page by its id.
 *
 * @template {HTMLElement} Part
 * @param {string} id
 * @param {{ new (): Part }} kind
 * @returns {Part}
 */
function found(id, kind) {
  const part = document.getElementById(id)
  if (!(part instanceof kind)) throw new Error(`the page has no ${id}`)
  return part
}
