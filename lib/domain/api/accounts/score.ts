import { z } from 'zod'
import { scoreBands, scoreKinds } from '../../accounts/score'
import { Severity } from '../../findings/severity'
import { Count } from '../view'

/** What the score of an account is made of: docs/score.md. */
export const accountScore = {
  scoreBefore: z.number().nullable().describe('About 30 days ago; null if it was computed in another way'),
  scoreBand: z.enum(scoreBands).nullable().describe('The worst that is open: it decides the band of 20 points'),
  scoreParts: z
    .array(
      z.strictObject({
        kind: z.enum(scoreKinds),
        severity: Severity,
        count: Count.describe('Failing controls, or open findings'),
        load: z
          .number()
          .describe('The sum of what they take away; within the band, a load of 50 takes half of the points'),
      }),
    )
    .describe('What lowers the score'),
  scoreChanges: z
    .array(
      z.strictObject({
        kind: z.enum(scoreKinds),
        name: z.string().describe('Control or type of threat; empty for vulnerabilities'),
        title: z.string(),
        severity: Severity,
        failing: Count.describe('Failing resources, or open findings'),
        gain: z.number().describe('By how much the score rises if only these are fixed'),
      }),
    )
    .describe('The three changes that would raise the score most'),
  scoreTogether: z.number().nullable().describe('The score with all three changes'),
}
