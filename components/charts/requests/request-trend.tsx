'use client'

import dynamic from 'next/dynamic'
import { SkeletonLine } from '../../ui/skeletons'

/** Requests per day by rule. Drawn in the browser only, because it needs the width of its container. */
export const RequestTrend = dynamic(() => import('./request-trend-chart').then(module => module.RequestTrendChart), {
  ssr: false,
  loading: () => <SkeletonLine className="h-36 w-full" />,
})
