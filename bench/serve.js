// `npm run bench serve`: what a service does a second, adds to an answer, takes to start and keeps under overload: the next five in turn. Needs wrk.
for (const name of ['throughput', 'compute', 'tensor-load', 'overload', 'start']) {
  await import(`./${name}.js`);
  console.log();
}
