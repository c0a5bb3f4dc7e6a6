'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { Area, Bar, CartesianGrid, ComposedChart, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { KeyDay } from '@/lib/domain/access-keys/views'
import { axisStyle, tooltipStyle, useDayWords } from '../chart-frame'

export function BurnDownChart({ days }: { days: KeyDay[] }) {
  const t = useTranslations('accessKeys')
  const format = useFormatter()
  const dayWords = useDayWords()
  return (
    <figure className="h-40 w-full" aria-label={t('burnDown')}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={days} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--separator)" />
          <XAxis dataKey="day" tickFormatter={dayWords} tick={axisStyle} stroke="var(--border)" minTickGap={48} />
          <YAxis
            width={36}
            domain={[0, 'auto']}
            allowDecimals={false}
            tick={axisStyle}
            stroke="var(--border)"
            tickFormatter={(value: number) => format.number(value)}
          />
          <Tooltip
            contentStyle={tooltipStyle}
            cursor={{ fill: 'var(--separator)' }}
            labelFormatter={label => dayWords(String(label))}
            formatter={value => t('keyCount', { count: Number(value) })}
          />
          <Legend
            iconSize={8}
            iconType="square"
            itemSorter={null}
            wrapperStyle={{ fontSize: 11 }}
            formatter={name => <span className="text-muted">{name}</span>}
          />
          <Area
            type="stepAfter"
            dataKey="active"
            name={t('stillActive')}
            stroke="var(--bad)"
            fill="var(--bad)"
            fillOpacity={0.12}
            strokeWidth={2}
            dot={false}
            isAnimationActive={false}
          />
          <Bar dataKey="replaced" name={t('replaced')} fill="var(--good)" maxBarSize={12} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  )
}
