// What stands around every chart.
import { textsOf } from '../../ui/lang'

export const { tables, t } = textsOf(
  {
    chartOf: '图表：{title}；同样的数字在下方表格中',
    asTable: '查看数据表',
    date: '日期',
  },
  {
    chartOf: 'Chart: {title}; the same numbers are in the table below',
    asTable: 'The numbers',
    date: 'Date',
  },
)
