using System.Globalization;
using System.Text.Json;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Batch;

/// <summary>A column of the key as the server knows it.</summary>
/// <param name="Column">The column.</param>
/// <param name="Type">Its type, of a domain the type below it, as <c>pg_type.typname</c> has it.</param>
internal sealed record TypedColumn(KeyColumn Column, string Type)
{
    public string Quoted => Identifier.Quote(Column.Name);

    /// <summary>The column as the statement of the script names it.</summary>
    public string InScript => Column.Qualifier + Quoted;

    /// <summary>Its value as a text that reads back as the same value, whatever DateStyle is.</summary>
    public string AsText => Type is "timestamptz" or "timestamp" or "date" ? $"to_jsonb({Quoted}) #>> '{{}}'" : $"{Quoted}::text";

    /// <summary>A value as SQL. A backslash is an escape in E'' alone, whatever standard_conforming_strings is; varchar compares as
    /// text.</summary>
    public string Literal(string value) =>
        (value.Contains('\\', StringComparison.Ordinal)
            ? " E" + Identifier.Literal(value.Replace("\\", "\\\\", StringComparison.Ordinal))
            : Identifier.Literal(value)) + "::pg_catalog." + (Type == "varchar" ? "text" : Type);
}

/// <summary>The key along which batches walk a table, and the SQL for its ranges: rows above one key and up to another. Pure.</summary>
/// <param name="table">The table, quoted, with its schema.</param>
/// <param name="columns">The key's columns.</param>
internal sealed class BatchKey(string table, IReadOnlyList<TypedColumn> columns)
{
    /// <summary>The table, quoted, with its schema.</summary>
    public string Table => table;

    /// <summary>The condition of a batch in the script's statement.</summary>
    /// <param name="after">The key above which it begins; null for the first batch.</param>
    /// <param name="end">The key up to which it goes.</param>
    public string Condition(IReadOnlyList<string>? after, IReadOnlyList<string> end) => Range(after, end, column => column.InScript);

    /// <summary>The query for the end of the next batch: how many rows it has, and the key of its last row, as
    /// <see cref="ReadNext"/> reads them; no row where none is left.</summary>
    public string NextText(IReadOnlyList<string>? after, IReadOnlyList<string> end, int size)
    {
        var names = Names("");
        var texts = string.Join(", ", columns.Select((column, index) => $"{column.AsText} AS {Text(index)}"));
        return $"SELECT json_build_array(rows, {string.Join(", ", columns.Select((_, index) => Text(index)))})::text FROM (SELECT "
            + $"row_number() OVER (ORDER BY {names}) AS rows, {texts} FROM (SELECT {names} FROM {table} WHERE "
            + $"{Range(after, end, column => column.Quoted)} ORDER BY {names} LIMIT {size.ToString(CultureInfo.InvariantCulture)}) AS "
            + "walked) "
            + "AS numbered ORDER BY rows DESC LIMIT 1";

        static string Text(int index) => $"k{index.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Reads what <see cref="NextText"/> returns.</summary>
    public static (int Rows, IReadOnlyList<string> End) ReadNext(string json)
    {
        using var document = JsonDocument.Parse(json);
        var all = document.RootElement.EnumerateArray().ToList();
        return (all[0].GetInt32(), [.. all.Skip(1).Select(item => item.GetString()!)]);
    }

    /// <summary>The query for the key of the last row, as a JSON array of texts; no row for an empty table.</summary>
    public string EndText =>
        $"SELECT json_build_array({string.Join(", ", columns.Select(column => column.AsText))})::text FROM {table} ORDER BY "
            + $"{Names(" DESC")} "
        + "LIMIT 1";

    /// <summary>The statement for the planner's guess of the table's rows. It looks at the size of the file: a table that was never
    /// analyzed has an estimate, too, but none for a range of keys.</summary>
    public string EstimateText => $"EXPLAIN (FORMAT JSON) SELECT FROM {table}";

    /// <summary>Reads what <see cref="EstimateText"/> returns.</summary>
    public static long ReadEstimate(string json)
    {
        using var document = JsonDocument.Parse(json);
        return (long)document.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    private string Names(string order) => string.Join(", ", columns.Select(column => column.Quoted + order));

    /// <summary>In parentheses, on one line. Of a composite key the columns that both ends share are compared for equality, and the first
    /// of the others by itself as well: the planner does not estimate comparisons of rows.</summary>
    private string Range(IReadOnlyList<string>? after, IReadOnlyList<string> end, Func<TypedColumn, string> name)
    {
        var shared = after is null ? 0 : Enumerable.Range(0, columns.Count - 1).TakeWhile(index => after[index] == end[index]).Count();
        var parts = Enumerable.Range(0, shared).Select(index => $"{name(columns[index])} = {columns[index].Literal(end[index])}").ToList();
        if (after is not null)
            parts.AddRange(Compare(after, ">"));
        parts.AddRange(Compare(end, "<="));
        return $"({string.Join(" AND ", parts)})";

        IEnumerable<string> Compare(IReadOnlyList<string> values, string sign)
        {
            var rest = columns.Skip(shared).ToList();
            var literals = rest.Select((column, index) => column.Literal(values[shared + index])).ToList();
            if (rest.Count == 1)
                return [$"{name(rest[0])} {sign} {literals[0]}"];
            return
            [
                $"{name(rest[0])} {sign[0]}= {literals[0]}",
                $"({string.Join(", ", rest.Select(name))}) {sign} ({string.Join(", ", literals)})",
            ];
        }
    }
}
