'use client'

import dynamic from 'next/dynamic'
import { SkeletonLine } from '../ui/skeletons'

/** Findings opened and closed by day. Drawn in the browser only, because it needs the width of its container. */
export const FlowTrend = dynamic(() => import('./flow-trend-chart').then(module => module.FlowTrendChart), {
  ssr: false,
  loading: () => <SkeletonLine className="h-36 w-full" />,
})
