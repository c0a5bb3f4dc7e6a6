import { useEffect, useRef } from 'react'
import type { FindingId } from '@/lib/domain/findings/filter'

/** A request for an exception that a person needs instead of what they tried. */
export interface OfferedRequest {
  finding: FindingId
  /** The last day, as YYYY-MM-DD; empty if it is not known. */
  until: string
  reason: string
}

let offered: OfferedRequest | null = null
const listeners = new Set<() => void>()

/** Opens the form of the finding with these values, now or when its page is shown. In memory: reasons are in no address. */
export function offerRequest(request: OfferedRequest): void {
  offered = request
  for (const listener of listeners) listener()
}

/** Calls `open` once for the request that is offered for this finding. */
export function useOfferedRequest(finding: FindingId, open: (request: OfferedRequest) => void): void {
  const latest = useRef(open)
  latest.current = open
  useEffect(() => {
    const take = () => {
      if (offered?.finding !== finding) return
      const request = offered
      offered = null
      latest.current(request)
    }
    take()
    listeners.add(take)
    return () => {
      listeners.delete(take)
    }
  }, [finding])
}
