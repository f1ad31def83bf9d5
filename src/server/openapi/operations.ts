/** The one table of what the document says about each route. A test compares it with the table of routes. */
import type { Operations } from './operation.ts';
import { PREDICTION_OPERATIONS } from './operations-prediction.ts';
import { SERVICE_OPERATIONS } from './operations-service.ts';
import { V2_OPERATIONS } from './operations-v2.ts';

export const OPERATIONS: Operations = { ...PREDICTION_OPERATIONS, ...V2_OPERATIONS, ...SERVICE_OPERATIONS };
