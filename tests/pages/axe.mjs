// What axe finds on a page, as lines that name the rule and the first element.
import axe from 'axe-core'

export async function findings(page) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    // Of what is clean only the first element is told: that takes two thirds of the time.
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] }),
  )
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.length}) ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`)
}
