namespace WaitFor.Migrate.Lint;

/// <summary>What PostgreSQL's catalogs say at one moment, without the system's own schemas and temporary objects.
/// <see href="https://www.postgresql.org/docs/current/catalogs.html"/></summary>
/// <param name="Relations">pg_class, by oid: tables, partitioned tables, views, materialized views, sequences, foreign tables.</param>
/// <param name="Indexes">pg_index, by the index's oid.</param>
/// <param name="Constraints">pg_constraint, by oid.</param>
/// <param name="Routines">pg_proc, by oid: functions and procedures.</param>
/// <param name="Types">pg_type, by oid: enums, domains, composite types that are not a table's, ranges.</param>
internal sealed record Catalog(
    IReadOnlyDictionary<uint, Relation> Relations,
    IReadOnlyDictionary<uint, TableIndex> Indexes,
    IReadOnlyDictionary<uint, Constraint> Constraints,
    IReadOnlyDictionary<uint, Routine> Routines,
    IReadOnlyDictionary<uint, UserType> Types
)
{
    /// <summary>pg_namespace, by oid.</summary>
    public IReadOnlyDictionary<uint, Namespace> Namespaces { get; init; } = new Dictionary<uint, Namespace>();

    /// <summary>A database without objects.</summary>
    public static Catalog Empty { get; } =
        new(
            new Dictionary<uint, Relation>(),
            new Dictionary<uint, TableIndex>(),
            new Dictionary<uint, Constraint>(),
            new Dictionary<uint, Routine>(),
            new Dictionary<uint, UserType>()
        );
}

/// <summary>A relation.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">relkind: r table, p partitioned table, v view, m materialized view, S sequence, f foreign table.</param>
/// <param name="Owner">The owner's name.</param>
/// <param name="FileNode">relfilenode: another one means that the relation was rewritten; 0 where it has no storage.</param>
/// <param name="Rows">reltuples, an estimate; -1 where the table was never analyzed (before PostgreSQL 14: 0 with relpages 0).</param>
/// <param name="Bytes">Size of the table's own storage.</param>
/// <param name="RowSecurity">relrowsecurity.</param>
/// <param name="Acl">relacl as text, one grant an item; null for the default.</param>
/// <param name="Partition">True for a partition of another table.</param>
/// <param name="Parent">The partitioned table or inheritance parent; the table that owns a sequence; 0 for none.</param>
/// <param name="Definition">pg_get_viewdef of a view or materialized view; else null.</param>
/// <param name="Columns">Its columns that exist, by attnum.</param>
internal sealed record Relation(
    uint Oid,
    string Schema,
    string Name,
    char Kind,
    string Owner,
    uint FileNode,
    double Rows,
    long Bytes,
    bool RowSecurity,
    IReadOnlyList<string>? Acl,
    bool Partition,
    uint Parent,
    string? Definition,
    IReadOnlyDictionary<short, Column> Columns
)
{
    /// <summary>relforcerowsecurity.</summary>
    public bool ForcesRowSecurity { get; init; }

    /// <summary>Such as <c>table public.users</c>.</summary>
    public string Title => $"{Word} {Schema}.{Name}";

    /// <summary>What people call its kind.</summary>
    public string Word =>
        Kind switch
        {
            'v' => "view",
            'm' => "materialized view",
            'S' => "sequence",
            'f' => "foreign table",
            _ => "table",
        };
}

/// <summary>A column.</summary>
/// <param name="Number">attnum.</param>
/// <param name="Name">attname.</param>
/// <param name="Type">format_type with its modifier, such as <c>character varying(20)</c>.</param>
/// <param name="TypeOid">atttypid.</param>
/// <param name="Modifier">atttypmod; -1 for none.</param>
/// <param name="NotNull">attnotnull.</param>
/// <param name="Default">pg_get_expr of its default, or of what generates it; null for none.</param>
/// <param name="Generated">attgenerated: s stored, v virtual, a space for none.</param>
/// <param name="Identity">attidentity: a always, d by default, a space for none.</param>
internal sealed record Column(
    short Number,
    string Name,
    string Type,
    uint TypeOid,
    int Modifier,
    bool NotNull,
    string? Default,
    char Generated,
    char Identity
)
{
    /// <summary>attacl as text, one grant an item; null for none.</summary>
    public IReadOnlyList<string>? Acl { get; init; }
}

/// <summary>An index.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Relation">The table's oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unique">indisunique.</param>
/// <param name="Primary">indisprimary.</param>
/// <param name="Valid">indisvalid.</param>
/// <param name="FileNode">relfilenode: another one means that it was built again; 0 for a partitioned index.</param>
/// <param name="Definition">pg_get_indexdef.</param>
/// <param name="Columns">indkey: the attnums of its columns; 0 for an expression.</param>
/// <param name="Partial">Whether it has a predicate.</param>
internal sealed record TableIndex(
    uint Oid,
    uint Relation,
    string Schema,
    string Name,
    bool Unique,
    bool Primary,
    bool Valid,
    uint FileNode,
    string Definition,
    IReadOnlyList<short> Columns,
    bool Partial
);

/// <summary>A constraint.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Relation">The table's oid; 0 for a domain's.</param>
/// <param name="Type">The domain's oid; 0 for a table's.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">contype: c check, f foreign key, p primary key, u unique, x exclusion, n not null (18 and newer), t trigger.</param>
/// <param name="Validated">convalidated.</param>
/// <param name="Index">The index that enforces it; 0 for none.</param>
/// <param name="References">The table that a foreign key references; 0 for none.</param>
/// <param name="Definition">pg_get_constraintdef.</param>
/// <param name="Columns">conkey: the attnums of its columns.</param>
internal sealed record Constraint(
    uint Oid,
    uint Relation,
    uint Type,
    string Name,
    char Kind,
    bool Validated,
    uint Index,
    uint References,
    string Definition,
    IReadOnlyList<short> Columns
);

/// <summary>A function or procedure.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">pg_get_function_identity_arguments.</param>
/// <param name="Result">pg_get_function_result; null for a procedure.</param>
/// <param name="Owner">The owner's name.</param>
/// <param name="Acl">proacl as text; null for the default.</param>
internal sealed record Routine(
    uint Oid,
    string Schema,
    string Name,
    string Arguments,
    string? Result,
    string Owner,
    IReadOnlyList<string>? Acl
)
{
    /// <summary>pronargdefaults: how many of its last arguments may be left out.</summary>
    public int Defaults { get; init; }

    /// <summary>Such as <c>function public.total(integer)</c>.</summary>
    public string Title => $"{(Result is null ? "procedure" : "function")} {Schema}.{Name}({Arguments})";
}

/// <summary>A type.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">typtype: e enum, d domain, c composite, r range.</param>
/// <param name="Labels">An enum's labels by the oid of pg_enum, in their order; else empty.</param>
/// <param name="Definition">A domain's base type, then <c> NOT NULL</c> and <c> DEFAULT expression</c> where it has them; a composite
/// type's attributes, as <c>name type, name type</c>; else null.</param>
internal sealed record UserType(
    uint Oid,
    string Schema,
    string Name,
    char Kind,
    IReadOnlyDictionary<uint, string> Labels,
    string? Definition
)
{
    /// <summary>Such as <c>type public.mood</c>.</summary>
    public string Title => $"type {Schema}.{Name}";
}

/// <summary>A schema.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Name">Its name.</param>
/// <param name="Owner">The owner's name.</param>
/// <param name="Acl">nspacl as text; null for the default.</param>
internal sealed record Namespace(uint Oid, string Name, string Owner, IReadOnlyList<string>? Acl)
{
    /// <summary>Such as <c>schema app</c>.</summary>
    public string Title => $"schema {Name}";
}
