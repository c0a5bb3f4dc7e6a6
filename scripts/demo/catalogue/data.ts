import type { Control } from './control'

/** Controls of data stores. */
export const dataControls: readonly Control[] = [
  [
    'S3.1',
    'account',
    'S3 general purpose buckets should have block public access settings enabled',
    'the account-level block public access settings of Amazon S3 are on',
  ],
  [
    'S3.2',
    'bucket',
    'S3 general purpose buckets should block public read access',
    'the bucket permits public read access',
  ],
  [
    'S3.5',
    'bucket',
    'S3 general purpose buckets should require requests to use SSL',
    'the bucket policy refuses requests without SSL',
  ],
  [
    'S3.8',
    'bucket',
    'S3 general purpose buckets should block public access',
    'the bucket blocks public access at the bucket level',
  ],
  [
    'S3.9',
    'bucket',
    'S3 general purpose buckets should have server access logging enabled',
    'server access logging is on for the bucket',
  ],
  [
    'S3.13',
    'bucket',
    'S3 general purpose buckets should have Lifecycle configurations',
    'the bucket has a Lifecycle configuration',
  ],
  [
    'RDS.2',
    'database',
    'RDS DB Instances should prohibit public access, as determined by the PubliclyAccessible configuration',
    'the database instance can be reached from the Internet',
  ],
  [
    'RDS.3',
    'database',
    'RDS DB instances should have encryption at-rest enabled',
    'the storage of the database instance is encrypted',
  ],
  [
    'RDS.5',
    'database',
    'RDS DB instances should be configured with multiple Availability Zones',
    'the database instance runs in more than one Availability Zone',
  ],
  [
    'RDS.8',
    'database',
    'RDS DB instances should have deletion protection enabled',
    'the database instance is protected against deletion',
  ],
  [
    'RDS.13',
    'database',
    'RDS automatic minor version upgrades should be enabled',
    'minor versions of the database engine are installed automatically',
  ],
  ['KMS.4', 'key', 'AWS KMS key rotation should be enabled', 'the key material is rotated every year'],
  [
    'SecretsManager.1',
    'secret',
    'Secrets Manager secrets should have automatic rotation enabled',
    'the secret is rotated automatically',
  ],
  ['SecretsManager.3', 'secret', 'Remove unused Secrets Manager secrets', 'the secret has been read within 90 days'],
  [
    'ECR.1',
    'repository',
    'ECR private repositories should have image scanning configured',
    'images of the repository are scanned for known weaknesses',
  ],
  [
    'ECR.3',
    'repository',
    'ECR repositories should have at least one lifecycle policy configured',
    'the repository has a lifecycle policy',
  ],
  [
    'SQS.1',
    'queue',
    'Amazon SQS queues should be encrypted at rest',
    'the messages of the queue are encrypted at rest',
  ],
  [
    'DynamoDB.2',
    'table',
    'DynamoDB tables should have point-in-time recovery enabled',
    'point-in-time recovery is on for the table',
  ],
]
