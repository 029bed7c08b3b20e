// Selecting many units on the built grid: by pointer, by headings, by keys. The cells are the grid's; only marks are put on
// them here, so that two thousand cells are never rendered by a template.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Catalog } from '../../core/catalog'
import { neighbour, spanned, toggled, type Box, type Direction } from '../../core/selection'

/** A press that moves less is a click. */
const DRAG_PX = 6
const ARROWS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'])

export interface SelectionHooks {
  /** A unit to look at. */
  onOpen(index: number): void
  /** What a screen reader says of a cell that the grid itself has no words for. */
  label?(index: number, isPicked: boolean): string
}

export function useSelection(box: Ref<HTMLElement | undefined>, hooks: SelectionHooks) {
  const selected = shallowRef<ReadonlySet<number>>(new Set())
  const isMode = ref(false)
  let cells = new Map<number, HTMLElement>()
  let anchor: number | undefined
  let current: number | undefined

  const indexAt = (target: EventTarget | null): number | undefined => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null
    return cell?.dataset.index === undefined ? undefined : Number(cell.dataset.index)
  }

  /** The grid was built anew: its cells, with what was selected. */
  function adopt(elements: HTMLElement[]): void {
    for (const e of elements) e.querySelector('[role=grid]')?.setAttribute('aria-multiselectable', 'true')
    cells = new Map(elements.flatMap((e) => [...e.querySelectorAll<HTMLElement>('.cell')].map((c) => [Number(c.dataset.index), c] as const)))
    for (const [index, cell] of cells) {
      cell.tabIndex = -1
      cell.setAttribute('type', 'button')
      mark(index, selected.value.has(index))
    }
    const first = current !== undefined && cells.has(current) ? current : [...cells.keys()][0]
    if (first !== undefined) roveTo(first, false)
  }

  function mark(index: number, isPicked: boolean): void {
    const cell = cells.get(index)
    cell?.classList.toggle('picked', isPicked)
    cell?.setAttribute(cell.getAttribute('role') === 'gridcell' ? 'aria-selected' : 'aria-pressed', String(isPicked))
  }

  watch(selected, (now, before) => {
    for (const i of before) if (!now.has(i)) mark(i, false)
    for (const i of now) if (!before.has(i)) mark(i, true)
  })

  function boxes(): Map<number, Box> {
    return new Map([...cells].map(([i, c]) => [i, c.getBoundingClientRect()]))
  }

  function roveTo(index: number, focus: boolean): void {
    const before = current === undefined ? undefined : cells.get(current)
    if (before) before.tabIndex = -1
    const cell = cells.get(index)
    if (!cell) return
    cell.tabIndex = 0
    current = index
    if (focus) cell.focus()
  }

  const set = (next: ReadonlySet<number>) => (selected.value = next)
  const toggle = (indexes: readonly number[]) => set(toggled(selected.value, indexes))
  const clear = () => set(new Set())
  const takeOut = (indexes: readonly number[]) => set(new Set([...selected.value].filter((i) => !indexes.includes(i))))

  function extendTo(index: number): void {
    anchor ??= current ?? index
    set(new Set([...selected.value, ...spanned(boxes(), anchor, index)]))
  }

  // --- pointer

  let drag: { from: number; x: number; y: number; isOn: boolean; base: ReadonlySet<number>; boxes: Map<number, Box> } | undefined
  let wasDragged = false

  function onPointerDown(e: PointerEvent): void {
    wasDragged = false
    const from = indexAt(e.target)
    // A finger scrolls unless it was told to select.
    if (from === undefined || e.button !== 0 || e.shiftKey || (e.pointerType !== 'mouse' && !isMode.value)) return
    drag = { from, x: e.clientX, y: e.clientY, isOn: false, base: selected.value, boxes: new Map() }
  }

  function onPointerMove(e: PointerEvent): void {
    if (!drag) return
    if (!drag.isOn) {
      if (Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < DRAG_PX) return
      drag.isOn = true
      drag.boxes = boxes()
    }
    const to = indexAt(document.elementFromPoint(e.clientX, e.clientY))
    if (to !== undefined) set(new Set([...drag.base, ...spanned(drag.boxes, drag.from, to)]))
  }

  function onPointerUp(): void {
    if (drag?.isOn) {
      anchor = drag.from
      wasDragged = true
    }
    drag = undefined
  }

  function onClick(e: MouseEvent): void {
    const index = indexAt(e.target)
    if (index === undefined || wasDragged) return
    roveTo(index, false)
    if (e.shiftKey) extendTo(index)
    else if (isMode.value || e.ctrlKey || e.metaKey) toggle([(anchor = index)])
    else {
      anchor = index
      hooks.onOpen(index)
    }
  }

  // --- keys

  function onKey(e: KeyboardEvent): void {
    const index = indexAt(e.target)
    if (e.key === 'Escape' && selected.value.size) clear()
    else if (index === undefined) return
    else if (e.key === ' ') toggle([(anchor = index)])
    else if (ARROWS.has(e.key)) {
      const next = neighbour(boxes(), index, e.key as Direction)
      if (e.shiftKey) anchor ??= index
      if (next !== undefined) roveTo(next, true)
      if (next !== undefined && e.shiftKey) extendTo(next)
      if (!e.shiftKey) anchor = undefined
    } else return
    e.preventDefault()
  }

  /** Some browsers press a button when the space bar comes up. */
  function onKeyUp(e: KeyboardEvent): void {
    if (e.key === ' ' && indexAt(e.target) !== undefined) e.preventDefault()
  }

  function onFocus(e: FocusEvent): void {
    const index = indexAt(e.target)
    if (index !== undefined && hooks.label) cells.get(index)?.setAttribute('aria-label', hooks.label(index, selected.value.has(index)))
  }

  watch(box, (now, before) => {
    if (before || !now) return
    now.addEventListener('pointerdown', onPointerDown)
    now.addEventListener('pointermove', onPointerMove)
    now.addEventListener('pointerup', onPointerUp)
    now.addEventListener('pointercancel', onPointerUp)
    now.addEventListener('pointerleave', (e) => e.pointerType === 'mouse' && onPointerUp())
    now.addEventListener('click', onClick)
    now.addEventListener('keydown', onKey)
    now.addEventListener('keyup', onKeyUp)
    now.addEventListener('focusin', onFocus)
  })

  /** A catalogue that became shorter has no such units any more. */
  function keepWithin(catalog: Catalog): void {
    if ([...selected.value].some((i) => i >= catalog.units.length)) set(new Set([...selected.value].filter((i) => i < catalog.units.length)))
  }

  const list = computed(() => [...selected.value].sort((a, b) => a - b))
  return { selected, list, isMode, adopt, toggle, clear, takeOut, keepWithin }
}
