// The project's colours, as CSS sees them.
import { paletteVariables } from '../core/palette'

let shown: string[] = []

export function showPalette(text: string): void {
  const style = document.documentElement.style
  const variables = paletteVariables(text)
  for (const name of shown) style.removeProperty(name)
  for (const [name, value] of Object.entries(variables)) style.setProperty(name, value)
  shown = Object.keys(variables)
}
