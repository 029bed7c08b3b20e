// Amounts in Chinese capitals (人民币大写), as slips and receipts carry them beside the figures so that nobody can alter one.
// After the rules for bills of the People's Bank: 整 where nothing follows, one 零 for any run of zeros inside.
const DIGITS = '零壹贰叁肆伍陆柒捌玖'
const PLACES = ['', '拾', '佰', '仟']
const GROUPS = ['', '万', '亿', '万亿']

/** Four digits, without zeros in front: 1050 → 壹仟零伍拾. */
function group(n: number): string {
  let text = ''
  let isZero = false
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(n / 10 ** place) % 10
    if (digit === 0) {
      isZero = text !== ''
      continue
    }
    text += (isZero ? '零' : '') + DIGITS[digit] + PLACES[place]
    isZero = false
  }
  return text
}

function whole(yuan: number): string {
  let text = ''
  let isZero = false
  for (let at = GROUPS.length - 1; at >= 0; at--) {
    const n = Math.floor(yuan / 10000 ** at) % 10000
    if (n === 0) {
      isZero = text !== ''
      continue
    }
    // A zero where a whole group is missing, or where this one does not fill its thousands.
    text += ((isZero || n < 1000) && text !== '' ? '零' : '') + group(n) + GROUPS[at]
    isZero = false
  }
  return text
}

/** 123456789 fen → 人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分 */
export function capitalYuan(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError('an amount in whole fen')
  const yuan = Math.floor(fen / 100)
  const jiao = Math.floor(fen / 10) % 10
  const rest = fen % 10
  let text = yuan > 0 ? `${whole(yuan)}元` : ''
  if (jiao > 0) text += `${DIGITS[jiao]}角`
  else if (rest > 0 && yuan > 0) text += '零'
  if (rest > 0) text += `${DIGITS[rest]}分`
  else text = `${text || '零元'}整`
  return `人民币${text}`
}
