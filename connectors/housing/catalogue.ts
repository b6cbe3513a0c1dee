/** 资源目录编码 under which the city's sharing platform delivers this department's resources. */
export const catalogue = { permits: '410100-ZJ-0001/001', completions: '410100-ZJ-0001/002' } as const

export const catalogues: readonly string[] = Object.values(catalogue)
