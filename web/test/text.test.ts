/// <reference types="vite/client" />
// No word without both languages, and none outside the tables.
import { describe, expect, it } from 'vitest'
import { errorTables, errorText, fill, type Tables } from '../src/core/i18n'
import * as refusals from '../src/core/text-refusals'
import '../src/ui/refusals'

const pages = import.meta.glob<{ tables: Tables<string> }>('../src/**/text.ts', { eager: true })
const views = import.meta.glob<string>('../src/**/*.vue', { eager: true, query: '?raw', import: 'default' })
const all: Record<string, Tables<string>> = { errors: errorTables, refusals, ...Object.fromEntries(Object.entries(pages).map(([p, m]) => [p, m.tables])) }
const HAN = /\p{Script=Han}/u

describe('words', () => {
  it.each(Object.entries(all))('%s has every key in both languages with the same places', (_, tables) => {
    expect(Object.keys(tables.en).sort()).toEqual(Object.keys(tables.zh).sort())
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort()
    for (const key of Object.keys(tables.zh)) expect(places(tables.en[key]!), key).toEqual(places(tables.zh[key]!))
  })

  it.each(Object.entries(all))('%s has no Chinese among the English but the name of the language', (_, tables) => {
    const odd = Object.entries(tables.en).filter(([key, text]) => key !== 'language' && HAN.test(text))
    expect(odd).toEqual([])
  })

  it.each(Object.entries(views))('%s has no words of its own', (_, source) => {
    const template = source.slice(source.indexOf('<template>'))
    expect(template.split('\n').filter((line) => HAN.test(line))).toEqual([])
    // Text between tags: letters that no expression wrote.
    const bare = template
      .replace(/<!--[^]*?-->/g, '')
      .replace(/\{\{[^]*?\}\}/g, '')
      .replace(/<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>/g, '\n')
    expect(bare.split('\n').filter((line) => /[A-Za-z]{2,}/.test(line.replace(/&\w+;/g, '')))).toEqual([])
  })

  it('fills in values and keeps what it does not know', () => {
    expect(fill('{n} of {m}', { n: 3 })).toBe('3 of {m}')
    expect(errorText('zh', 'unit_taken')).toContain('已被锁定')
    expect(errorText('en', 'what_is_this')).toBe('Not done (what_is_this)')
  })
})
