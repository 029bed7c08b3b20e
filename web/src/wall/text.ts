// What only the wall says.
import { textsOf } from '../ui/lang'

export const { tables, t } = textsOf(
  {
    held: '另锁定 {n}',
  },
  {
    held: 'plus {n} locked',
  },
)
