import { z } from 'zod'
import { filledText } from '../text/plain-text'

/** An exception that lasts longer is reviewed after so many days, and again after so many. */
export const REVIEW_DAYS = 90
/** Days before the date of a review from which it can be answered and is shown. */
export const REVIEW_SHOWN_DAYS = 14
/** Days after which a review that nobody answered ends the exception. */
export const REVIEW_GRACE_DAYS = 14
const DAY = 86_400_000

/** The answer that an exception still holds. To end it is the other answer. */
export const ReviewException = z.strictObject({ id: z.int().min(1).max(2_147_483_647), note: filledText(2_000) })
export type ReviewException = z.infer<typeof ReviewException>

/** The date of the next review of an exception that was decided or reviewed at `from`. Null if it ends before. */
export function reviewAfter(from: Date, end: Date): Date | null {
  const review = new Date(from.getTime() + REVIEW_DAYS * DAY)
  return review < end ? review : null
}

/** Whether a requester may choose a date: before the end, and not later than the policy's. The end of its day counts. */
export function mayReviewAt(review: Date, from: Date, end: Date): boolean {
  return review > from && review < end && review.getTime() - from.getTime() <= (REVIEW_DAYS + 1) * DAY
}

/** Whether a review is due soon or already. */
export function isReviewShown(review: Date, at: Date): boolean {
  return review.getTime() - at.getTime() <= REVIEW_SHOWN_DAYS * DAY
}

/** When an exception ends if its review is not answered. */
export function endsUnreviewed(review: Date): Date {
  return new Date(review.getTime() + REVIEW_GRACE_DAYS * DAY)
}
