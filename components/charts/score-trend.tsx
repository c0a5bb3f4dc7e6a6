'use client'

import dynamic from 'next/dynamic'
import { SkeletonLine } from '../ui/skeletons'

/** The score over time. Drawn in the browser only, because it needs the width of its container. */
export const ScoreTrend = dynamic(() => import('./score-trend-chart').then(module => module.ScoreTrendChart), {
  ssr: false,
  loading: () => <SkeletonLine className="h-28 w-full" />,
})
