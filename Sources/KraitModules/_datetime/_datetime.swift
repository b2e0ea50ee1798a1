// The module `_datetime`: dates, times and time zones, which `datetime` shows.

import KraitRuntime

let datetimeModule = ModuleDefinition("_datetime", "Dates, times and time zones in native code.") { (m: ModuleBuilder) throws(PyError) in
  // Each type's attributes are made of the types before it.
  try defineTimeDelta(m)
  try defineZoneInfo(m)
  try defineTimeZone(m)
  try defineDate(m)
  try defineTimeOfDay(m)
  try defineDateTime(m)
  try ISOCalendarDate.define(m)
  try m.constant("MINYEAR", CalendarDay.minimumYear)
  try m.constant("MAXYEAR", CalendarDay.maximumYear)
  try m.constant("UTC", DateTimeConstants.utc)
}
