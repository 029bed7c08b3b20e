import { expect, test } from 'vitest'
import { Api } from '../src/core/api'

/** A server with so many deals, that gives a thousand at a time. */
function server(count: number) {
  const asked: string[] = []
  const fetcher = (url: string) => {
    asked.push(url.replace(/^.*deals\?/, ''))
    const query = new URLSearchParams(url.split('?')[1])
    const newest = query.has('before') ? Number(query.get('before')!.slice(1)) - 1 : count
    const deals = Array.from({ length: Math.min(Number(query.get('limit')), newest) }, (_, i) => ({ id: `d${newest - i}` }))
    return Promise.resolve(new Response(JSON.stringify({ deals })))
  }
  return { asked, api: new Api(fetcher) }
}

test('all deals are read, however many pages they fill', async () => {
  const { api, asked } = server(2500)
  const deals = await api.deals('demo', 'all')
  expect(deals.length).toBe(2500)
  expect(new Set(deals.map((d) => d.id)).size).toBe(2500)
  expect(asked).toEqual(['scope=all&limit=1000', 'scope=all&limit=1000&before=d1501', 'scope=all&limit=1000&before=d501'])
})

test('a page that is full is followed by the next, which may be empty', async () => {
  const { api, asked } = server(1000)
  expect((await api.deals('demo')).length).toBe(1000)
  expect(asked.length).toBe(2)
})
