/** A project record as a node, from its row in `project_record`. */
export const nodeColumns = (table: string): string =>
  [
    `encode(${table}.key_hash, 'hex') AS key`,
    ...['kind', 'name', 'section'].map((column) => `${table}.${column}`),
    `${table}.project_code AS "projectCode"`,
    `${table}.document_number AS "documentNumber"`,
    `${table}.source_project AS "sourceProject"`,
    `${table}.owner_key AS "ownerKey"`,
    `${table}.owner_name AS "ownerName"`,
    `${table}.contractor_keys AS "contractorKeys"`,
    `${table}.division_code AS "divisionCode"`,
    `${table}.place_text AS "placeText"`,
    `${table}.amount_fen AS "amountFen"`,
    `${table}.on_text AS "on"`,
  ].join(', ')
