import type { Access } from '../../lib/access/proof'
import type { Permission } from '../../lib/domain/people/role'
import { defaultStandardPolicy } from '../../lib/domain/standard/settings'
import { saveStandardPage, saveStandardPolicy } from '../../lib/store/standard/policy'

/** Sets the usage standard of the sample organization and publishes it. */
export async function publishStandard(admin: Access<Permission>): Promise<void> {
  await saveStandardPolicy(admin, {
    policy: {
      limits: { ...defaultStandardPolicy.limits, accountTags: ['service', 'costCenter'] },
      off: [
        {
          check: 'budget-alert',
          environment: 'sandbox',
          reason: 'サンドボックスの予算は組織全体の予算でまとめて通知しています。',
        },
      ],
    },
    seen: null,
  })
  await saveStandardPage(admin, {
    page: {
      title: { ja: 'AWS 利用基準', en: 'AWS usage standard' },
      introduction: {
        ja: 'すべての AWS アカウントが満たす基準です。新しいアカウントは、作成から 7 日以内にすべてのチェックに合格してください。満たせない場合は、理由と代替コントロールを添えて例外を申請してください。',
        en: 'Every AWS account has to meet this standard. New accounts pass all checks within 7 days of their creation. Where that is not possible, request an exception with the reason and compensating controls.',
      },
      published: true,
    },
    seen: null,
  })
}
