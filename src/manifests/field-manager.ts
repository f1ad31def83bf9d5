/** The name under which we apply: the API server records it with every field that we set. */
export const FIELD_MANAGER = 'mlserve';
