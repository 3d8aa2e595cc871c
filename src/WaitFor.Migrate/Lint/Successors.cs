namespace WaitFor.Migrate.Lint;

/// <summary>What has taken an object's name: the running release finds objects by name.</summary>
internal static class Successors
{
    /// <summary>The relation that has the name now.</summary>
    public static Relation? Of(Relation relation, Catalog catalog) =>
        catalog.Relations.Values.FirstOrDefault(other =>
            other.Oid != relation.Oid && other.Name == relation.Name && other.Schema == relation.Schema
        );

    /// <summary>The type that has the name now.</summary>
    public static UserType? Of(UserType type, Catalog catalog) =>
        catalog.Types.Values.FirstOrDefault(other => other.Oid != type.Oid && other.Name == type.Name && other.Schema == type.Schema);

    /// <summary>The function that takes the calls now.</summary>
    public static Routine? Of(Routine routine, Catalog catalog) =>
        catalog.Routines.Values.FirstOrDefault(other => other.Oid != routine.Oid && Serves(routine, other));

    /// <summary>What a relation lacks of another's columns; null where it has all, with their types.</summary>
    public static string? Lacks(Relation was, Relation now)
    {
        foreach (var column in was.Columns.Values)
        {
            var same = now.Columns.Values.FirstOrDefault(other => other.Name == column.Name);
            if (same is null)
                return $"without column {column.Name}";
            if (same.Type != column.Type)
                return $"with column {column.Name} as {same.Type} instead of {column.Type}";
        }

        return null;
    }

    /// <summary>True where a type takes and gives all values of another.</summary>
    public static bool Serves(UserType was, UserType now) =>
        was.Kind == now.Kind
        && was.Definition == now.Definition
        && !was.Labels.Values.Except(now.Labels.Values, StringComparer.Ordinal).Any();

    /// <summary>True where every call of a function finds another, with the same result: further arguments must have defaults.</summary>
    private static bool Serves(Routine was, Routine now)
    {
        var (old, all) = (Lists.Split(was.Arguments), Lists.Split(now.Arguments));
        return was.Schema == now.Schema
            && was.Name == now.Name
            && was.Result == now.Result
            && all.Count >= old.Count
            && all.Take(old.Count).SequenceEqual(old, StringComparer.Ordinal)
            && all.Count - now.Defaults <= old.Count - was.Defaults;
    }
}
