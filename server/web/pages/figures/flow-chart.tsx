import { useCallback } from 'react'
import UPlot from 'uplot'
import type { FiguresView } from '../../api/figures.ts'
import { colorOf, usePlot } from '../../ui/use-plot.ts'
import styles from './figures.module.css'

const HEIGHT = 200
type Flow = FiguresView['flow']

/** Tickets opened and resolved, day by day; the same numbers stand in the table behind it. */
export function FlowChart({ flow }: { readonly flow: Flow }) {
  const drawFlow = useCallback((element: HTMLElement, heightPx: number) => draw(element, heightPx, flow), [flow])
  const place = usePlot(drawFlow, HEIGHT)
  const opened = flow.reduce((sum, day) => sum + day.opened, 0)
  const resolved = flow.reduce((sum, day) => sum + day.resolved, 0)
  return (
    <figure className={styles.flow}>
      <div ref={place} role="img" aria-label={`${opened} tickets opened and ${resolved} resolved over these days`} />
      <figcaption>
        <span data-tone="opened">Opened: {opened}</span> <span data-tone="resolved">Resolved: {resolved}</span>
      </figcaption>
      <details>
        <summary>Numbers of each day</summary>
        <FlowTable flow={flow} />
      </details>
    </figure>
  )
}

/** Quiet days are left out. */
function FlowTable({ flow }: { readonly flow: Flow }) {
  const busy = flow.filter(({ opened, resolved }) => opened + resolved > 0)
  if (busy.length === 0) return <p>Nothing was opened or resolved.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Tickets opened and resolved, day by day">
      <table className={styles.bars}>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className={styles.number}>
              Opened
            </th>
            <th scope="col" className={styles.number}>
              Resolved
            </th>
          </tr>
        </thead>
        <tbody>
          {busy.map(({ day, opened, resolved }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td className={styles.number}>{opened}</td>
              <td className={styles.number}>{resolved}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function draw(element: HTMLElement, heightPx: number, flow: Flow): UPlot {
  const color = (token: string) => colorOf(element, token)
  const axis = {
    stroke: color('--text-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  const line = { width: 2, points: { show: flow.length < 32, size: 6 } }
  const seconds = flow.map(({ day }) => Date.parse(`${day}T00:00:00.000Z`) / 1_000)
  return new UPlot(
    {
      width: element.clientWidth,
      height: heightPx,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 16, 0, 0],
      tzDate: (at) => UPlot.tzDate(new Date(at * 1_000), 'Etc/UTC'),
      scales: {
        x: { time: true },
        y: { range: (_plot, _least, most) => [0, Math.max(1, most)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 70,
          grid: { show: false },
          values: (_plot, at) => at.map((time) => new Date(time * 1_000).toISOString().slice(5, 10)),
        },
        {
          ...axis,
          size: 44,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
        },
      ],
      series: [
        {},
        { ...line, stroke: color('--accent') },
        // The dashes tell the lines apart where colours do not.
        { ...line, stroke: color('--good'), dash: [6, 4] },
      ],
    },
    [seconds, flow.map(({ opened }) => opened), flow.map(({ resolved }) => resolved)],
    element,
  )
}
