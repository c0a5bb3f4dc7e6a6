'use client'

import dynamic from 'next/dynamic'
import { SkeletonLine } from '../ui/skeletons'

/** Open findings by severity over time. Drawn in the browser only, because it needs the width of its container. */
export const SeverityTrend = dynamic(() => import('./severity-trend-chart').then(module => module.SeverityTrendChart), {
  ssr: false,
  loading: () => <SkeletonLine className="h-48 w-full" />,
})
