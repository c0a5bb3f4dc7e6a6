import type { CsvMapping } from './csv-mapping'

export type CsvField = keyof CsvMapping['columns']

/** What columns are called in the files of tools and spreadsheets, likeliest first, without spaces, marks and case. */
const NAMES: Record<CsvField, readonly string[]> = {
  account: [
    'accountid',
    'awsaccountid',
    'accountuid',
    'awsaccount',
    'account',
    'アカウントid',
    'awsアカウント',
    'アカウント',
  ],
  region: ['region', 'awsregion', 'リージョン'],
  resource: [
    'resourcearn',
    'resourceid',
    'resourceuid',
    'resource',
    'arn',
    'instanceid',
    'asset',
    'hostname',
    'host',
    'where',
    'リソースarn',
    'リソースid',
    'リソース',
    '対象',
    'ホスト名',
  ],
  control: [
    'controlid',
    'checkid',
    'ruleid',
    'cveid',
    'cve',
    'vulnerabilityid',
    'pluginid',
    'control',
    'check',
    'rule',
    'rulename',
    'issue',
    'コントロール',
    'チェックid',
    'チェック',
    'ルール',
    '脆弱性id',
  ],
  resourceType: ['resourcetype', 'assettype', 'リソースタイプ', 'リソースの種類'],
  title: ['title', 'checktitle', 'name', 'summary', 'finding', 'タイトル', '件名', '概要'],
  description: ['description', 'details', 'detail', 'message', '説明', '詳細'],
  severity: ['severity', 'risklevel', 'risk', 'priority', 'level', '重要度', '深刻度', '優先度', 'リスク'],
  status: ['status', 'result', 'state', 'compliancestatus', 'ステータス', '状態', '結果'],
  id: ['findingid', 'findinguid', 'issueid', 'uid', 'id', '番号'],
  date: [
    'updatedat',
    'lastobserved',
    'lastseen',
    'lastupdated',
    'timestamp',
    'date',
    '更新日時',
    '検出日時',
    '更新日',
    '検出日',
    '日時',
  ],
  package: ['packagename', 'package', 'component', 'library', 'パッケージ名', 'パッケージ'],
}

/** What a header says plainly, by what it means. A column stands for one thing; the rest is for a person to say. */
export function guessColumns(header: readonly string[]): Partial<Record<CsvField, string>> {
  const byName = new Map(header.map(column => [folded(column), column]))
  const guessed: Partial<Record<CsvField, string>> = {}
  for (const [field, names] of Object.entries(NAMES) as [CsvField, readonly string[]][]) {
    const name = names.find(each => byName.has(each)) ?? ''
    const column = byName.get(name)
    if (column === undefined) continue
    guessed[field] = column
    byName.delete(name)
  }
  return guessed
}

function folded(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./()[\]:]/g, '')
}
