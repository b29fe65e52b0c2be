// The page of a fault that passes: asks again until it has passed.
const fault = document.querySelector("[data-again]");
if (fault) setTimeout(() => location.reload(), 1000 * Number(fault.dataset.again));
