/** The schema that holds all of the hub's own tables. */
export const schemaName = 'jingwei'

/** Views by which the reader sees what lies in its actor's scope: of the same names as the tables, and first on its search path (migration 0005). */
export const readSchemaName = 'jingwei_read'

/** The queue's schema, owned by its role. */
export const queueSchemaName = 'pgboss'

/**
 * The four database roles (decision 16). Owner holds the tables and runs migrations; pipeline reads and writes truth; reader serves people and
 * cannot pass row security; queue owns the job tables. None is a superuser, none bypasses row security.
 */
export const databaseRoles = ['jingwei_owner', 'jingwei_pipeline', 'jingwei_reader', 'jingwei_queue'] as const
export type DatabaseRole = (typeof databaseRoles)[number]
