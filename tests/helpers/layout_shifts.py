"""A script that measures how far a page jumps: `shifted()` returns its cumulative layout shift so far (web.dev/cls)."""

SHIFTS = """(() => {
  // The largest sum of a window of shifts less than a second apart, five seconds long at most.
  let most = 0, sum = 0, first = -Infinity, last = -Infinity;
  const add = ({startTime, value}) => {
    const goes_on = startTime - last < 1000 && startTime - first < 5000;
    [sum, first, last] = goes_on ? [sum + value, first, startTime] : [value, startTime, startTime];
    most = Math.max(most, sum);
  };
  const seen = new PerformanceObserver((list) => list.getEntries().forEach(add));
  seen.observe({type: "layout-shift", buffered: true});
  window.shifted = () => { seen.takeRecords().forEach(add); return most; };
})()"""
