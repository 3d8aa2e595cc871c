using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Batch;

/// <summary>A column of the key.</summary>
/// <param name="Qualifier">What the script writes before it, such as <c>u.</c>, for a statement with more than one table; else
/// empty.</param>
/// <param name="Name">The column, as the catalog has it.</param>
internal sealed record KeyColumn(string Qualifier, string Name);

/// <summary>What a script's comment line says about its batches.</summary>
internal sealed record BatchOptions
{
    /// <summary>The longest pause, and the longest lag of a replica, that can be asked for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The longest time that a batch may aim at: it holds its locks for so long.</summary>
    public static readonly TimeSpan LongestTarget = TimeSpan.FromMinutes(1);

    /// <summary>The largest size, in rows.</summary>
    public const int Largest = 10_000_000;

    /// <summary>The table's schema, as the catalog has it; null: found by the search path.</summary>
    public string? Schema { get; init; }

    /// <summary>The table whose rows are walked, as the catalog has it.</summary>
    public required string Table { get; init; }

    /// <summary>The key's columns, in their order.</summary>
    public required IReadOnlyList<KeyColumn> Key { get; init; }

    /// <summary>Rows of the first batch.</summary>
    public int Size { get; init; } = 1000;

    /// <summary>The smallest size.</summary>
    public int Min { get; init; } = 100;

    /// <summary>The largest size.</summary>
    public int Max { get; init; } = 50_000;

    /// <summary>How long a batch should take.</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause after each batch.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>The replay lag of a replica from which on batches wait; zero: they do not look.</summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many sessions may wait on the locks of a batch before batches become smaller, and pauses longer.</summary>
    public int MaxWaiting { get; init; } = 10;

    /// <summary>The line of the comment; the first is 1.</summary>
    public required int Line { get; init; }

    /// <summary>The table for <c>to_regclass</c> and for statements: quoted, with its schema where the script names one.</summary>
    public string QuotedTable => (Schema is null ? "" : Identifier.Quote(Schema) + ".") + Identifier.Quote(Table);

    /// <summary>The key for people: <c>id</c>, or <c>(tenant, id)</c>.</summary>
    public string KeyText =>
        Key is [var only] ? only.Name : $"({string.Join(", ", Key.Select(column => column.Name))})";

    /// <summary>The table for people.</summary>
    public string TableText => Schema is null ? Table : $"{Schema}.{Table}";
}
