export async function explainFromStore(_u: string, _c: string, _io: any): Promise<any> { return 2; }
