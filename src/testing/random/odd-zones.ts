/** Zones whose clocks change by an hour, by half an hour, at midnight, in the south and never. */
export const oddZones = [
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
] as const;
