using System.Diagnostics;
using System.Text.RegularExpressions;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>The table of scripts against PostgreSQL's own psql.</summary>
public sealed partial class SplitterPsqlTests
{
    /// <summary>psql sends each statement by itself, and the server tells every statement that it gets.</summary>
    [PostgresFact]
    public async Task Psql_finds_the_same_statements()
    {
        var server = await Bed.ServerAsync();
        var database = new Uri(await server.CreateDatabaseAsync());
        var folder = Directory.CreateTempSubdirectory("wait-for-psql-").FullName;
        try
        {
            List<string> arguments = ["-X", "-q"];
            for (var index = 0; index < ScriptTable.All.Count; index++)
            {
                var file = Path.Combine(folder, $"{index:0000}.sql");
                await File.WriteAllTextAsync(file, ScriptTable.All[index].Text);
                arguments.AddRange(["-f", file]);
            }

            var info = new ProcessStartInfo("/usr/bin/psql", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["PGHOST"] = "127.0.0.1",
                    ["PGPORT"] = $"{server.Port}",
                    ["PGUSER"] = PostgresServer.User,
                    ["PGPASSWORD"] = PostgresServer.Password,
                    ["PGDATABASE"] = database.AbsolutePath.TrimStart('/'),
                    ["PGOPTIONS"] = "-c log_statement=all -c client_min_messages=log",
                    ["PGCLIENTENCODING"] = "UTF8",
                    ["LC_ALL"] = "C.UTF-8",
                },
            };
            using var process = System.Diagnostics.Process.Start(info)!;
            var (output, messages) = (process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            await output;

            var said = Message()
                .Matches(messages)
                .Select(match => (File: match.Groups["file"].Value, Text: match.Groups["text"].Value))
                .ToLookup(line => line.File, line => line.Text);
            var differing = new List<string>();
            for (var index = 0; index < ScriptTable.All.Count; index++)
            {
                var (script, lines) = (ScriptTable.All[index], said[$"{index:0000}"].Select(line => Detail().Replace(line, "")).ToList());
                if (ScriptTable.BeyondPsql.Contains(script))
                    continue;
                if (
                    lines.Find(line =>
                        line.StartsWith("ERROR:  syntax error", StringComparison.Ordinal)
                        || line.StartsWith("ERROR:  unterminated", StringComparison.Ordinal)
                    ) is
                    { } error
                )
                    differing.Add($"{script}: {error}");
                // An empty statement is sent, too.
                var sent = lines
                    .Where(line => line.StartsWith(Statement, StringComparison.Ordinal))
                    .Select(line => Splitter.Split("psql", line[Statement.Length..]))
                    .Where(statements => statements.Count > 0);
                if (
                    !sent.Select(statements =>
                            statements.Count == 1 ? WithoutBlankLines(statements[0].Text) : $"{statements.Count} statements"
                        )
                        .SequenceEqual(script.Statements.Select(statement => WithoutBlankLines(statement.Text)))
                )
                    differing.Add($"{script}: {string.Join(" | ", lines)}");
            }

            Assert.True(differing.Count == 0, string.Join("\n", differing));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [PostgresFact]
    public async Task The_server_takes_what_psql_does_not()
    {
        using var bed = await Bed.CreateAsync();

        foreach (var statement in ScriptTable.BeyondPsql.SelectMany(script => Splitter.Split("V1__x.sql", script.Text)))
            await bed.ExecuteAsync(statement.Text);
    }

    /// <summary>psql leaves them out.</summary>
    private static string WithoutBlankLines(string text) => text.Replace("\n\n", "\n", StringComparison.Ordinal);

    private const string Statement = "LOG:  statement: ";

    [GeneratedRegex(@"^psql:[^:\n]*/(?<file>\d{4})\.sql:\d+: (?<text>.*?)(?=^psql:|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Message();

    [GeneratedRegex(@"^DETAIL: .*$", RegexOptions.Multiline)]
    private static partial Regex Detail();
}
