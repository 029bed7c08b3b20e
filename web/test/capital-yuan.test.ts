import { describe, expect, it } from 'vitest'
import { capitalYuan } from '../src/core/capital-yuan'

describe('amounts in Chinese capitals', () => {
  it.each([
    [0, '人民币零元整'],
    [1, '人民币壹分'],
    [10, '人民币壹角整'],
    [12, '人民币壹角贰分'],
    [100, '人民币壹元整'],
    [105, '人民币壹元零伍分'],
    [150, '人民币壹元伍角整'],
    [1000, '人民币壹拾元整'],
    [168032, '人民币壹仟陆佰捌拾元叁角贰分'],
    [10_000_00, '人民币壹万元整'],
    [10_001_00, '人民币壹万零壹元整'],
    [10_010_00, '人民币壹万零壹拾元整'],
    [10_100_00, '人民币壹万零壹佰元整'],
    [11_000_00, '人民币壹万壹仟元整'],
    [100_000_00, '人民币壹拾万元整'],
    [1_005_000_00, '人民币壹佰万伍仟元整'],
    [1_000_500_00, '人民币壹佰万零伍佰元整'],
    [10_203_04_05, '人民币壹佰零贰万零叁佰零肆元零伍分'],
    [486_253_991, '人民币肆佰捌拾陆万贰仟伍佰叁拾玖元玖角壹分'],
    [123_456_789, '人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分'],
    [100_000_000_00, '人民币壹亿元整'],
    [100_000_001_00, '人民币壹亿零壹元整'],
    [100_010_000_00, '人民币壹亿零壹万元整'],
    [2_000_300_040_00, '人民币贰拾亿零叁拾万零肆拾元整'],
    [1_000_000_000_000_00, '人民币壹万亿元整'],
  ])('%i fen', (fen, text) => expect(capitalYuan(fen)).toBe(text))

  it('takes whole fen only', () => {
    expect(() => capitalYuan(1.5)).toThrow(RangeError)
    expect(() => capitalYuan(-1)).toThrow(RangeError)
  })

  it('never writes two zeros in a row, nor one in front of a group or at the end', () => {
    for (let i = 0, yuan = 1; i < 4000; i++, yuan = (yuan * 48271 + i * 100_003) % 10_000_000_019) {
      const text = capitalYuan(yuan * 100)
      expect(text, String(yuan)).not.toMatch(/零零|零[拾佰仟万亿元]|人民币零|万万|亿万/)
    }
  })
})
