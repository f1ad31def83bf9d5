/** A service × its lock → sentences about measurements that are passed over, for whoever runs the command. */
import type { ServiceFacts } from '../deployment-facts.ts';
import { measuredModels } from './measured.ts';

export function passedOver(facts: Pick<ServiceFacts, 'spec' | 'lock'>): readonly string[] {
  return measuredModels(facts)
    .filter(({ isPassedOver }) => isPassedOver)
    .map(
      ({ spec: { name, version }, why }) =>
        `${name} ${version} was ${why}, so its numbers are not from that: run "mlserve measure"`,
    );
}
