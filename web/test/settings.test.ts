import { describe, expect, it } from 'vitest'
import {
  changed, clockText, durationOf, durationsOf, durationsText, faultOf, lookOf, minutesOf, msOf, offsetOf, offsetText,
} from '../src/core/settings'

describe('durations', () => {
  it.each([
    [86_400_000, { count: '24', unit: 'h' }],
    [172_800_000, { count: '48', unit: 'h' }],
    [604_800_000, { count: '7', unit: 'd' }],
    [1_800_000, { count: '30', unit: 'min' }],
    [5400_000, { count: '90', unit: 'min' }],
    [1500, { count: '1.5', unit: 's' }],
  ] as const)('%i ms', (ms, d) => {
    expect(durationOf(ms)).toEqual(d)
    expect(msOf(d)).toBe(ms)
  })
  it('refuses what is no number, and parts of a millisecond', () => {
    expect(msOf({ count: 'x', unit: 'h' })).toBeUndefined()
    expect(msOf({ count: '-1', unit: 'h' })).toBeUndefined()
    expect(msOf({ count: '', unit: 'h' })).toBeUndefined()
    expect(msOf({ count: '0.5', unit: 'h' })).toBe(1_800_000)
    expect(msOf({ count: '0.001', unit: 's' })).toBe(1)
  })
  it('reads a list as people type it', () => {
    expect(durationsOf('2 小时, 30分钟、5m')).toBe('7200000,1800000,300000')
    expect(durationsOf('2h;30 min')).toBe('7200000,1800000')
    expect(durationsOf('')).toBe('')
    expect(durationsOf('2')).toBeUndefined()
    expect(durationsOf('0 h')).toBeUndefined()
    expect(durationsText('7200000,1800000,300000', (u) => u)).toBe('2 h, 30 min, 5 min')
    expect(durationsText('', (u) => u)).toBe('')
  })
})

describe('times', () => {
  it('of day', () => {
    expect(clockText(530)).toBe('08:50')
    expect(minutesOf('08:50')).toBe(530)
    expect(minutesOf('24:00')).toBeUndefined()
    expect(minutesOf('8')).toBeUndefined()
  })
  it('of a zone', () => {
    expect([480, -570, 0].map(offsetText)).toEqual(['+08:00', '-09:30', '+00:00'])
    expect(['+08:00', '8', 'UTC+8', '-9:30', '0930', '+15', 'x'].map(offsetOf)).toEqual([480, 480, 480, -570, 570, undefined, undefined])
  })
})

describe('bounds', () => {
  const int = { kind: 'int', min: 1000, max: 2000 } as const
  it('of numbers, texts and choices', () => {
    expect([undefined, 999, 1000, 2001, 'x'].map((v) => faultOf(v, int))).toEqual(['bad', 'few', undefined, 'much', 'bad'])
    expect(faultOf('', { kind: 'text', min: 1 })).toBe('needed')
    expect(faultOf('云庭花园', { kind: 'text', max: 11 })).toBe('long')
    expect(faultOf('full', { kind: 'choice', choices: ['full', 'merged'] })).toBeUndefined()
    expect(faultOf('none', { kind: 'choice', choices: ['full', 'merged'] })).toBe('bad')
    expect(faultOf('anything', undefined)).toBeUndefined()
  })
  it('send only what is another value', () => {
    expect(changed({ a: '1', b: 2, c: 'x' }, { a: 1, b: 3, c: 'x', d: undefined, e: '' })).toEqual({ b: 3 })
  })
  it('choose the look by name and kind', () => {
    expect(['palette', 'warn_ms', 'utc_offset_min', 'sheet_at_min', 'lock_hold_ms', 'new_thing'].map((n) => lookOf(n, int))).toEqual([
      'palette', 'durations', 'offset', 'clock', 'duration', 'number',
    ])
    expect(lookOf('public_board', { kind: 'choice' })).toBe('choice')
    expect(lookOf('name', { kind: 'text' })).toBe('text')
  })
})
