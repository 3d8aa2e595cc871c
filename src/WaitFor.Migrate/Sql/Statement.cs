namespace WaitFor.Migrate.Sql;

/// <summary>One statement of a script.</summary>
/// <param name="Text">Its text, without the semicolon and without the blanks and comments around it.</param>
/// <param name="Offset">Where it begins in the script, in UTF-16 units.</param>
/// <param name="Line">The line where it begins; the first is 1.</param>
/// <param name="Column">The column where it begins, in code points; the first is 1.</param>
/// <param name="Data">What follows <c>COPY ... FROM stdin</c>, up to the line <c>\.</c>; null for any other statement.</param>
internal sealed record Statement(string Text, int Offset, int Line, int Column, string? Data = null)
{
    /// <summary>The checksum of text and data, by which a later run knows it again.</summary>
    public int Checksum => Sql.Checksum.Of(Text + Data);

    /// <summary>Line and column in the script of a position within the statement.</summary>
    /// <param name="position">As PostgreSQL tells it: in characters (code points), the first is 1; 0 for none.</param>
    public (int Line, int Column) At(int position)
    {
        var (line, column) = (Line, Column);
        var left = position - 1;
        foreach (var rune in Text.EnumerateRunes())
        {
            if (left-- <= 0)
                break;
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return (line, column);
    }
}
