using System.Text;

namespace WaitFor.Migrate.Postgres;

/// <summary>libpq's password files: lines host:port:database:user:password.
/// <see href="https://www.postgresql.org/docs/18/libpq-pgpass.html"/></summary>
internal static class PasswordFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>The password of the first line that fits.</summary>
    /// <param name="path">The file; it may be missing.</param>
    /// <param name="keys">Host (a socket's folder; localhost for the default one), port, database, user.</param>
    /// <returns>The password, or else why there is none.</returns>
    public static (string? Password, string? WhyNot) Find(string path, params ReadOnlySpan<string> keys)
    {
        try
        {
            if (!File.Exists(path))
                return (
                    null,
                    Directory.Exists(path)
                        ? $"the password file {path} is a folder; name the file in it"
                        : $"the password file {path} does not exist"
                );
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
                return (
                    null,
                    $"the password file {path} can be read by others, so it is ignored, as in psql: chmod 0600 (defaultMode: 0600)"
                );
            foreach (var line in File.ReadLines(path))
            {
                if (line.StartsWith('#') || Split(line) is not { Count: >= 5 } fields)
                    continue;
                var fits = true;
                for (var index = 0; index < keys.Length; index++)
                    fits &= fields[index] is "*" || fields[index] == keys[index];
                if (fits)
                    return (fields[4], null);
            }

            return (null, $"the password file {path} has no line for {string.Join(':', keys.ToArray())}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"the password file {path} cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }

    /// <summary>A : or \ in a field has a \ before it. As in libpq, what follows the password's : is nothing.</summary>
    private static List<string> Split(string line)
    {
        var (fields, field) = (new List<string>(), new StringBuilder());
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == ':')
            {
                fields.Add(field.ToString());
                field.Clear();
                continue;
            }

            if (line[at] == '\\' && at + 1 < line.Length)
                at++;
            field.Append(line[at]);
        }

        fields.Add(field.ToString());
        return fields;
    }
}
