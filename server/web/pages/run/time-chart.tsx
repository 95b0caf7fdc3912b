import { useCallback, useRef } from 'react'
import type { AlignedData, Options } from 'uplot'
import UPlot from 'uplot'
import type { TimesAnswer } from '../../api/runs.ts'
import { colorOf, usePlot } from '../../ui/use-plot.ts'
import styles from './run-page.module.css'
import { durationText, timeText } from './words.ts'

const HEIGHT = 104
/** A drag shorter than this is a press. */
const LEAST_DRAG_PX = 4
const DAY_SECONDS = 86_400

/** Events over time, errors and warnings apart; dragging over it narrows the time. The fields From and To do the same by keyboard. */
export function TimeChart({
  times,
  onRange,
}: {
  readonly times: TimesAnswer
  readonly onRange: (from: string, to: string) => void
}) {
  const newestRange = useRef(onRange)
  newestRange.current = onRange
  const drawTimes = useCallback(
    (element: HTMLElement, heightPx: number) =>
      draw(element, { times, heightPx, onRange: (from, to) => newestRange.current(from, to) }),
    [times],
  )
  const place = usePlot(drawTimes, HEIGHT)
  return (
    <figure className={styles.chart}>
      <div ref={place} role="img" aria-label={chartText(times)} />
      <figcaption>
        One bar is {durationText(times.bucketMs)}. Drag over the bars, or use From and To, to narrow the time.
        <span className={styles.legend}>
          <span data-tone="bad">Critical and error</span> <span data-tone="warn">Warning</span>{' '}
          <span data-tone="plain">Others</span>
        </span>
      </figcaption>
    </figure>
  )
}

function chartText({ buckets }: TimesAnswer): string {
  const busiest = buckets.reduce((most, bucket) => (bucket.count > most.count ? bucket : most), buckets[0] ?? EMPTY)
  const sum = buckets.reduce((all, { count }) => all + count, 0)
  const bad = buckets.reduce((all, bucket) => all + bucket.bad, 0)
  return `${sum} events over time, of these ${bad} errors; most, ${busiest.count}, from ${new Date(busiest.at).toLocaleString('en-GB')}`
}

const EMPTY = { at: '1970-01-01T00:00:00.000Z', count: 0 }

interface Drawn {
  readonly times: TimesAnswer
  readonly heightPx: number
  readonly onRange: (from: string, to: string) => void
}

function draw(element: HTMLElement, { times, heightPx, onRange }: Drawn): UPlot {
  const color = (token: string) => colorOf(element, token)
  const axis = { stroke: color('--text-soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } }
  const bars = UPlot.paths.bars?.({ size: [0.86, 32], align: 1 })
  const series = (token: string) => ({
    fill: color(token),
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  })
  const options: Options = {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    padding: [8, 28, 0, 0],
    scales: { x: { time: true }, y: { range: (_plot, _least, most) => [0, Math.max(1, most)] } },
    axes: [
      {
        ...axis,
        size: 26,
        // Least distance of two labels: a time with seconds is about 60 px wide.
        space: 80,
        grid: { show: false },
        values: (_plot, at, _axis, _space, step) => at.map((time) => tick(time, step)),
      },
      { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000] },
    ],
    series: [{}, series('--line-strong'), series('--warn'), series('--bad')],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < LEAST_DRAG_PX) return
          const at = (px: number) => new Date(Math.round(plot.posToVal(px, 'x') * 1_000)).toISOString()
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          onRange(at(left), at(left + width))
        },
      ],
    },
  }
  return new UPlot(options, dataOf(times), element)
}

/** A mark on the axis of time: the day where marks are days apart, else the time of day. */
function tick(seconds: number, step: number): string {
  const text = timeText(new Date(seconds * 1_000).toISOString())
  if (step >= DAY_SECONDS) return text.slice(5, 10)
  return text.slice(11, step < 60 ? 19 : 16)
}

/** Stacked: the whole bar first, then what lies over its lower part. */
function dataOf({ buckets, bucketMs }: TimesAnswer): AlignedData {
  const seconds = buckets.map(({ at }) => Date.parse(at) / 1_000)
  // An empty bar after the last one gives that one its width.
  const end = (seconds.at(-1) ?? 0) + bucketMs / 1_000
  return [
    [...seconds, end],
    [...buckets.map(({ count }) => count), 0],
    [...buckets.map(({ bad, warnings }) => bad + warnings), 0],
    [...buckets.map(({ bad }) => bad), 0],
  ]
}
