namespace WaitFor.Lint.Reading;

/// <summary>The tools that migrate databases, by their commands.</summary>
internal static class MigrationTools
{
    /// <summary>A tool.</summary>
    /// <param name="Program">The program's name, or how it begins where it ends with a star.</param>
    /// <param name="Verbs">The words of which one must be there, two words one behind the other; none: the program alone
    /// migrates.</param>
    private sealed record Tool(string Program, params string[] Verbs);

    private static readonly Tool[] All =
    [
        new("flyway", "migrate"),
        new("liquibase", "update", "update-to-tag", "update-count", "updateToTag", "updateCount"),
        new("prisma", "migrate deploy", "migrate dev", "db push"),
        new("alembic", "upgrade"),
        new("flask", "db upgrade"),
        new("rails", "db:migrate", "db:prepare", "db:setup", "db:schema:load"),
        new("rake", "db:migrate", "db:prepare", "db:setup", "db:schema:load"),
        new("knex", "migrate:latest", "migrate:up"),
        new("sequelize", "db:migrate"),
        new("sequelize-cli", "db:migrate"),
        new("typeorm*", "migration:run", "migrations:run"),
        new("mikro-orm", "migration:up"),
        new("drizzle-kit", "migrate", "push"),
        new("manage.py", "migrate"),
        new("django-admin", "migrate"),
        new("goose", "up", "up-by-one", "up-to"),
        new("dbmate", "up", "migrate"),
        new("atlas", "migrate apply", "schema apply"),
        new("node-pg-migrate", "up", "redo"),
        new("efbundle"),
        new("dotnet-ef", "database update"),
        new("dotnet", "ef database update"),
        new("artisan", "migrate", "migrate:fresh"),
        new("console", "doctrine:migrations:migrate"),
        new("phinx", "migrate"),
        new("mix", "ecto.migrate", "ecto.setup"),
        new("sqlx", "migrate run"),
        new("diesel", "migration run", "setup"),
        new("sea-orm-cli", "migrate up", "migrate"),
        new("refinery", "migrate"),
        new("tern", "migrate"),
        new("sql-migrate", "up"),
        new("sqitch", "deploy"),
        new("graphile-migrate", "migrate"),
        new("migrate-mongo", "up"),
        new("db-migrate", "up"),
        new("yoyo", "apply"),
        new("skeema", "push"),
        new("pgroll", "start", "migrate"),
        new("bytebase", "migrate"),
        new("gradlew", "flywayMigrate", "update"),
        new("gradle", "flywayMigrate"),
        new("mvn", "flyway:migrate", "liquibase:update"),
        new("mvnw", "flyway:migrate", "liquibase:update"),
        // golang-migrate; our own is looked for before.
        new("migrate", "up", "goto", "migrate"),
    ];

    /// <summary>Package managers whose scripts are called by name.</summary>
    private static readonly string[] ScriptRunners = ["npm", "yarn", "pnpm", "bun", "make", "composer", "task", "just", "poetry"];

    private static readonly string[] Endings = [".sh", ".py", ".js", ".ts", ".cjs", ".mjs", ".exe", ".phar", ".dll", ".rb", ".php"];

    /// <summary>How the tool is called that a command runs, such as <c>flyway migrate</c>; null where it does not migrate.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="image">The container's image.</param>
    public static string? Of(Invocation invocation, string image)
    {
        var name = GateFinder.ImageName(image);
        var words = invocation.Words;
        if (invocation.OfImage)
        {
            if (Ours(words, name.Contains("migrat", StringComparison.Ordinal)) is { } ours)
                return ours;
            foreach (var tool in All.Where(tool => tool.Program == name))
            {
                if (Array.Find(tool.Verbs, verb => Has(words, 0, verb)) is { } verb)
                    return $"{name} {verb}";
            }
        }
        else if (Bare(words[0]) == "migrate" && Ours([.. words.Skip(1)], certain: true) is { } ours)
        {
            return ours;
        }

        // npx prisma, bundle exec rails, python manage.py, dotnet ef: the tool stands behind what runs it.
        for (var at = 0; at < Math.Min(words.Count, 6); at++)
        {
            var bare = Bare(words[at]);
            foreach (var tool in All.Where(tool => Is(tool.Program, bare, words[at])))
            {
                if (tool.Verbs.Length == 0)
                    return tool.Program;
                if (Array.Find(tool.Verbs, verb => Has(words, at + 1, verb)) is { } found)
                    return $"{bare} {found}";
            }
        }

        return Script(words);
    }

    /// <summary>The script of the application's own whose name says that it migrates: good enough for a Job, not for the command of a
    /// service; null where there is none.</summary>
    public static string? ScriptOf(Invocation invocation) =>
        invocation.OfImage ? null : invocation.Words.Take(3).FirstOrDefault(word => Migrates(Bare(word)));

    private static bool Migrates(string word) => word.Contains("migrat", StringComparison.OrdinalIgnoreCase);

    /// <summary>The completion record that <c>migrate up --record NAME</c> or <c>exec</c> writes; null where it writes none.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="variables">The container's environment.</param>
    public static CompletionRecordUse? RecordOf(Invocation invocation, Variables variables)
    {
        var own = invocation.Arguments.TakeWhile(word => word != "--").ToList();
        if (Text("--record", "MIGRATE_RECORD") is not { } name)
            return null;
        var @namespace = GateFinder.ValueOf(own, "-n") ?? Text("--namespace", "MIGRATE_NAMESPACE");
        var key = Text("--record-key", "MIGRATE_RECORD_KEY") ?? NotEmpty(variables.Value("JOB_NAME"));
        return new CompletionRecordUse(
            Known(name),
            @namespace is null ? null : Known(@namespace),
            key ?? (variables.Open ? Variables.Unknown : null),
            invocation.Place
        );

        string? Text(string option, string variable) => NotEmpty(GateFinder.ValueOf(own, option) ?? variables.Value(variable));

        static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;

        static string? Known(string text) => text.Contains(Variables.Unknown, StringComparison.Ordinal) ? null : text;
    }

    /// <summary>Whether a tool's name is that of <c>migrate</c> itself, ours.</summary>
    public static bool IsOurs(string tool) => tool is "migrate up" or "migrate exec";

    private static string? Ours(IReadOnlyList<string> arguments, bool certain) =>
        arguments.FirstOrDefault(word => word is not ['-', ..]) switch
        {
            "up" when certain && !arguments.Any(word => IsOption(word, "path") || IsOption(word, "source") || IsOption(word, "database")) =>
                "migrate up",
            "migrate" when certain => "migrate up",
            "exec" when arguments.Contains("--", StringComparer.Ordinal) => "migrate exec",
            _ => null,
        };

    /// <summary>golang-migrate's options have one dash or two.</summary>
    private static bool IsOption(string word, string name) => word.TrimStart('-').Split('=')[0] == name && word.StartsWith('-');

    private static bool Is(string program, string bare, string word) =>
        bare == program
        || Invocation.FileName(word) == program
        || (program.EndsWith('*') && bare.StartsWith(program[..^1], StringComparison.Ordinal));

    /// <summary>A program's name without folder, ending and version (<c>prisma@6</c>).</summary>
    private static string Bare(string word)
    {
        var name = Invocation.FileName(word);
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at > 0)
            name = name[..at];
        var ending = Array.Find(Endings, ending => name.EndsWith(ending, StringComparison.Ordinal));
        return ending is null || name == "manage.py" ? name : name[..^ending.Length];
    }

    private static bool Has(IReadOnlyList<string> words, int from, string verb)
    {
        var parts = verb.Split(' ');
        for (var at = from; at + parts.Length <= words.Count; at++)
        {
            if (parts.Select((part, index) => words[at + index] == part).All(same => same))
                return true;
        }

        return false;
    }

    /// <summary><c>npm run db:migrate</c>, <c>make migrate</c>, and a release's own task of Elixir.</summary>
    private static string? Script(IReadOnlyList<string> words)
    {
        var runner = Bare(words[0]);
        if (ScriptRunners.Contains(runner, StringComparer.Ordinal))
            return words.Skip(1).FirstOrDefault(word => word is not ['-', ..] && Migrates(word)) is { } task ? $"{runner} {task}" : null;
        return words.FirstOrDefault(word => word.Contains("Release.migrate", StringComparison.Ordinal));
    }
}
