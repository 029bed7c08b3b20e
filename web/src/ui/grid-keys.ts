// Arrow keys in a grid of cells: one cell of each grid is in the tab order, the arrows go from there.
const steps: Record<string, [row: number, column: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** The next cell from here in that direction; holes and floors that are left out are passed over. */
function nextCell(from: HTMLElement, [down, right]: [number, number]): HTMLElement | undefined {
  const row = from.closest('.row')
  const rows = [...(row?.parentElement?.querySelectorAll('.row') ?? [])]
  let y = row ? rows.indexOf(row) : -1
  let x = row ? [...row.children].indexOf(from) : -1
  while (y >= 0 && x >= 0) {
    y += down
    x += right
    const there = rows[y]?.children[x]
    if (!there) return undefined
    if (there.classList.contains('cell') && !there.closest('[hidden]')) return there as HTMLElement
  }
  return undefined
}

export function onGridKey(e: KeyboardEvent): void {
  const from = (e.target as Element).closest<HTMLElement>('.cell')
  const step = steps[e.key]
  if (!from || !step) return
  e.preventDefault()
  const to = nextCell(from, step)
  if (!to) return
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
