// Demand on the plan of the buildings, as plain DOM: the warmer a unit, the more often it was wanted. The number stands in
// the cell, so that the colour is not the only sign.
import type { Building, Unit } from '../../core/catalog'
import { heatLevel, heatOf, type WantedUnit } from '../../core/demand'

function make(tag: string, className: string, text = ''): HTMLElement {
  const e = document.createElement(tag)
  e.className = className
  e.textContent = text
  return e
}

export interface HeatText {
  cell(unit: Unit, wanted: WantedUnit): string
}

export function heatGrid(building: Building, units: readonly Unit[], wanted: ReadonlyMap<string, WantedUnit>, hottest: number, text: HeatText): HTMLElement {
  const root = make('div', 'heat-building')
  root.append(make('h3', '', building.name))
  for (const floor of building.floors) {
    const row = make('div', 'heat-row')
    row.append(make('span', 'heat-floor', floor.label))
    for (const index of floor.cells) row.append(index === undefined ? make('i', 'heat-hole') : cell(units[index]!, wanted, hottest, text))
    root.append(row)
  }
  return root
}

function cell(unit: Unit, wanted: ReadonlyMap<string, WantedUnit>, hottest: number, text: HeatText): HTMLElement {
  const found = wanted.get(unit.id)
  const heat = found ? heatOf(found) : 0
  const e = make('i', 'heat', heat ? String(heat) : '')
  e.dataset.heat = String(heatLevel(heat, hottest))
  e.dataset.unit = unit.id
  if (found) e.title = text.cell(unit, found)
  return e
}
