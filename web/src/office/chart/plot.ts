// uPlot set up as the office draws: days along the foot, colours from the style sheet, no box of its own.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { axisOf, labelled, type Axis } from '../../core/series'

export interface Line {
  name: string
  values: readonly number[]
  /** a CSS variable */
  color: string
  kind: 'area' | 'line' | 'bars'
  dash?: number[]
}

export interface PlotOptions {
  labels: readonly string[]
  lines: readonly Line[]
  format(value: number): string
  /** Where it is not to follow from the values. */
  axis?: Axis | undefined
  onHover(index: number | undefined): void
}

const LABEL_PX = 58
/** The text of a page, to whose size labels of 12 px belong. */
const TEXT_PX = 16

function pathsOf(line: Line, at: number, all: number): uPlot.Series.PathBuilder | undefined {
  if (line.kind !== 'bars') return undefined
  // Bars of several lines stand beside each other.
  const align = all === 1 ? 0 : at === 0 ? -1 : 1
  return uPlot.paths.bars!({ size: [all === 1 ? 0.7 : 0.38, 46], align, radius: 0.12, gap: all === 1 ? 0 : 1 })
}

function seriesOf(line: Line, at: number, all: number, ink: (name: string) => string): uPlot.Series {
  const color = ink(line.color)
  const paths = pathsOf(line, at, all)
  return {
    label: line.name,
    stroke: color,
    width: line.kind === 'bars' ? 0 : 2,
    ...(line.kind !== 'line' ? { fill: line.kind === 'bars' ? color : `${color}2e` } : {}),
    ...(line.dash ? { dash: line.dash } : {}),
    ...(paths ? { paths } : {}),
    points: { show: line.kind !== 'bars' && line.values.length < 3, size: 8, fill: color },
  }
}

export interface Plot {
  view: uPlot
  /** The same lines, with other values. */
  update(options: PlotOptions): void
}

const dataOf = ({ labels, lines }: PlotOptions) => [labels.map((_, i) => i), ...lines.map((l) => [...l.values])] as uPlot.AlignedData

export function makePlot(box: HTMLElement, first: PlotOptions, size: { width: number; height: number }): Plot {
  let options = first
  const axisNow = () => options.axis ?? axisOf(Math.max(0, ...options.lines.flatMap((l) => l.values)))
  const style = getComputedStyle(box)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  // Where a view writes larger, its charts do too.
  const scale = Math.max(1, parseFloat(style.fontSize) / TEXT_PX)
  const font = `${Math.round(12 * scale)}px ${style.fontFamily}`
  const { lines } = options
  const bars = lines.filter((l) => l.kind === 'bars').length
  const axis = { stroke: ink('--dim'), font, ticks: { show: false } }
  const view = new uPlot(
    {
      ...size,
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: {
        x: { time: false, range: () => [-0.6, options.labels.length - 0.4] },
        y: { range: () => [0, axisNow().top] },
      },
      axes: [
        {
          ...axis,
          size: 26 * scale,
          gap: 4,
          grid: { show: false },
          splits: (u) => labelled(options.labels.length, Math.floor(u.bbox.width / devicePixelRatio / (LABEL_PX * scale))),
          values: (_, at) => at.map((i) => options.labels[i] ?? ''),
        },
        {
          ...axis,
          size: 58 * scale,
          gap: 6,
          grid: { stroke: ink('--line'), width: 1 },
          splits: () => {
            const { top, step } = axisNow()
            return Array.from({ length: Math.round(top / step) + 1 }, (_, i) => step * i)
          },
          values: (_, at) => at.map((v) => options.format(v)),
        },
      ],
      series: [{}, ...lines.map((line, at) => seriesOf(line, at, bars, ink))],
      hooks: { setCursor: [(u) => options.onHover(u.cursor.idx ?? undefined)] },
    },
    dataOf(options),
    box,
  )
  function update(next: PlotOptions): void {
    options = next
    view.setData(dataOf(next))
  }
  return { view, update }
}
