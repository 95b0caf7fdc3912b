import 'uplot/dist/uPlot.min.css'
import type { RefObject } from 'react'
import { useEffect, useRef } from 'react'
import type UPlot from 'uplot'

/** Draws a plot into an element, as wide as it and as high as given in px. */
export type DrawPlot = (element: HTMLElement, heightPx: number) => UPlot

/** A place for a plot that follows its width and the theme; `draw` is drawn anew when it is another function. */
export function usePlot(draw: DrawPlot, heightPx: number): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let plot = draw(element, heightPx)
    const redraw = () => {
      plot.destroy()
      plot = draw(element, heightPx)
    }
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }))
    resized.observe(element)
    const themed = new MutationObserver(redraw)
    themed.observe(document.documentElement, {
      attributeFilter: ['data-theme'],
    })
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', redraw)
    return () => {
      resized.disconnect()
      themed.disconnect()
      scheme.removeEventListener('change', redraw)
      plot.destroy()
    }
  }, [draw, heightPx])
  return place
}

/** The colour that a token has now; canvases know no custom properties. */
export function colorOf(element: HTMLElement, token: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${token})`
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
