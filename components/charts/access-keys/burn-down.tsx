'use client'

import dynamic from 'next/dynamic'
import { SkeletonLine } from '../../ui/skeletons'

/** Pipelines' keys by day. Drawn in the browser only, because it needs the width of its container. */
export const BurnDown = dynamic(() => import('./burn-down-chart').then(module => module.BurnDownChart), {
  ssr: false,
  loading: () => <SkeletonLine className="h-40 w-full" />,
})
