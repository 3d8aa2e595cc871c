using System.Runtime.InteropServices;

namespace WaitFor.Migrate.Lint;

/// <summary>How often the own transaction has written a catalog, by its oid.</summary>
/// <param name="Inserted">Rows inserted.</param>
/// <param name="Updated">Rows updated.</param>
/// <param name="Deleted">Rows deleted.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CatalogCount(long Inserted, long Updated, long Deleted);

/// <summary>Which catalogs were written between two looks: a statement that wrote none has changed nothing in them.</summary>
/// <param name="Relations">Relations, columns, indexes or constraints.</param>
/// <param name="Routines">Functions or procedures.</param>
/// <param name="Types">Types, or what a definition of one names.</param>
/// <param name="Namespaces">Schemas.</param>
/// <param name="Deletes">Something was deleted.</param>
/// <param name="Renames">A name that stands in other objects' definitions may have changed.</param>
/// <param name="Server">What belongs to the whole server: roles, databases, tablespaces.</param>
internal sealed record CatalogChanges(bool Relations, bool Routines, bool Types, bool Namespaces, bool Deletes, bool Renames, bool Server)
{
    private const uint Class = 1259;
    private const uint Attribute = 1249;
    private const uint Default = 2604;
    private const uint Index = 2610;
    private const uint Constraint = 2606;
    private const uint Rule = 2618;
    private const uint Inheritance = 2611;
    private const uint Proc = 1255;
    private const uint Type = 1247;
    private const uint Enum = 3501;
    private const uint Namespace = 2615;
    private const uint Role = 1260;
    private const uint Member = 1261;
    private const uint Database = 1262;
    private const uint Tablespace = 1213;
    private const uint RoleSetting = 2964;

    /// <summary>Their oids, which never change.</summary>
    public static IReadOnlyList<uint> Catalogs { get; } =
    [
        Class, Attribute, Default, Index, Constraint, Rule, Inheritance, Proc, Type, Enum, Namespace, Role, Member, Database, Tablespace,
        RoleSetting,
    ];

    /// <summary>Everything may have changed.</summary>
    public static CatalogChanges All { get; } = new(true, true, true, true, true, true, Server: false);

    /// <summary>True where any catalog was written that <see cref="Catalog"/> shows.</summary>
    public bool Any => Relations || Routines || Types || Namespaces || Renames;

    /// <summary>What was written between two looks in one transaction.</summary>
    public static CatalogChanges Between(
        IReadOnlyDictionary<uint, CatalogCount> before,
        IReadOnlyDictionary<uint, CatalogCount> after
    )
    {
        return new CatalogChanges(
            Written(Class, Attribute, Default, Index, Constraint, Rule, Inheritance),
            Written(Proc),
            Written(Type, Enum, Attribute, Constraint),
            Written(Namespace),
            Delta(Class).Deleted + Delta(Index).Deleted + Delta(Constraint).Deleted + Delta(Proc).Deleted
                + Delta(Type).Deleted + Delta(Namespace).Deleted > 0,
            // Rights on a schema are an update as well.
            Delta(Namespace).Updated > 0 || Delta(Type).Updated > 0 || Delta(Role).Updated > 0,
            Written(Role, Member, Database, Tablespace, RoleSetting)
        );

        bool Written(params ReadOnlySpan<uint> catalogs)
        {
            foreach (var catalog in catalogs)
            {
                if (Delta(catalog) != default)
                    return true;
            }

            return false;
        }

        CatalogCount Delta(uint catalog)
        {
            var (old, now) = (before.GetValueOrDefault(catalog), after.GetValueOrDefault(catalog));
            return new CatalogCount(now.Inserted - old.Inserted, now.Updated - old.Updated, now.Deleted - old.Deleted);
        }
    }
}
