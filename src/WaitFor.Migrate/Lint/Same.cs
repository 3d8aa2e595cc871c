namespace WaitFor.Migrate.Lint;

/// <summary>Compares what the catalogs say of one object at two moments: records compare their lists by identity.</summary>
internal static class Same
{
    public static bool Relations(Relation one, Relation other) =>
        one with { Columns = other.Columns, Acl = other.Acl } == other
        && Lists(one.Acl, other.Acl)
        && one.Columns.Count == other.Columns.Count
        && one.Columns.All(column => other.Columns.TryGetValue(column.Key, out var same) && Columns(column.Value, same));

    private static bool Columns(Column one, Column other) => one with { Acl = other.Acl } == other && Lists(one.Acl, other.Acl);

    public static bool Indexes(TableIndex one, TableIndex other) =>
        one with { Columns = other.Columns } == other && Lists(one.Columns, other.Columns);

    public static bool Constraints(Constraint one, Constraint other) =>
        one with { Columns = other.Columns } == other && Lists(one.Columns, other.Columns);

    public static bool Routines(Routine one, Routine other) => one with { Acl = other.Acl } == other && Lists(one.Acl, other.Acl);

    public static bool Types(UserType one, UserType other) =>
        one with { Labels = other.Labels } == other && one.Labels.SequenceEqual(other.Labels);

    public static bool Namespaces(Namespace one, Namespace other) => one with { Acl = other.Acl } == other && Lists(one.Acl, other.Acl);

    private static bool Lists<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) =>
        one is null || other is null ? ReferenceEquals(one, other) : one.SequenceEqual(other);
}
