// The types that several modules share.

@export()
@description('Tags of a resource.')
type resourceTags = { *: string }

@export()
@description('Number of instances, by scale group: http, or function:<name>.')
type instanceCounts = { *: int }
