// Puts articles to Lucene's Monitor. Two arguments: a file of queries, an id and Polish notation a line; a file of
// articles, title and text a line, their tokens separated by spaces. Prints {"seconds": CPU, "found": [[ids], ...]}.

import java.lang.management.ManagementFactory;
import java.nio.file.*;
import java.util.*;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.*;
import org.apache.lucene.queries.intervals.*;
import org.apache.lucene.search.*;

public class LuceneMonitor {
    private final Iterator<String> signs;

    private LuceneMonitor(List<String> signs) {
        this.signs = signs.iterator();
    }

    public static void main(String[] files) throws Exception {
        List<MonitorQuery> queries = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(files[0]))) {
            List<String> signs = Arrays.asList(line.split(" "));
            queries.add(new MonitorQuery(signs.get(0), new LuceneMonitor(signs.subList(1, signs.size())).query(null)));
        }
        List<Document> articles = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(files[1]))) {
            String[] parts = line.split("\t", -1);
            Document article = new Document();
            article.add(new TextField("title", parts[0], Field.Store.NO));
            article.add(new TextField("text", parts[1], Field.Store.NO));
            articles.add(article);
        }
        try (Monitor monitor = new Monitor(new WhitespaceAnalyzer(), new MultipassTermFilteredPresearcher(2))) {
            monitor.register(queries);
            for (int round = 0; round < 4; round++) {  // the compiler needs to warm up
                ask(monitor, articles);
            }
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            String found = ask(monitor, articles).toString();
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1e9;
            System.out.println("{\"seconds\": " + seconds + ", \"found\": " + found + "}");
        }
    }

    private static List<List<String>> ask(Monitor monitor, List<Document> articles) throws Exception {
        List<List<String>> found = new ArrayList<>();
        for (Document article : articles) {
            Collection<QueryMatch> matches = monitor.match(article, QueryMatch.SIMPLE_MATCHER).getMatches();
            found.add(matches.stream().map(QueryMatch::getQueryId).collect(Collectors.toList()));
        }
        return found;
    }

    private Query query(String field) {
        String sign = signs.next();
        switch (sign) {
            case "title": case "text":
                return query(sign);
            case "and": case "or":
                return several(sign, field, Integer.parseInt(signs.next()));
            case "without":
                return new BooleanQuery.Builder().add(query(field), BooleanClause.Occur.MUST)
                    .add(query(field), BooleanClause.Occur.MUST_NOT).build();
            case "prefix": {
                String beginning = signs.next();
                return anywhere(field, name -> new PrefixQuery(new Term(name, beginning)));
            }
            case "near": {
                int distance = Integer.parseInt(signs.next());
                IntervalsSource both = Intervals.unordered(Intervals.term(signs.next()), Intervals.term(signs.next()));
                return anywhere(field, name -> new IntervalQuery(name, Intervals.maxgaps(distance, both)));
            }
            default:
                return phrase(field, Integer.parseInt(signs.next()));
        }
    }

    private Query several(String sign, String field, int parts) {
        BooleanQuery.Builder built = new BooleanQuery.Builder();
        for (int index = 0; index < parts; index++) {
            built.add(query(field), sign.equals("or") ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST);
        }
        return built.build();
    }

    private Query phrase(String field, int length) {
        String[] words = new String[length];
        for (int index = 0; index < length; index++) {
            words[index] = signs.next();
        }
        return anywhere(field, name -> length == 1 ? new TermQuery(new Term(name, words[0])) : new PhraseQuery(name, words));
    }

    private static Query anywhere(String field, Function<String, Query> in) {
        if (field != null) {
            return in.apply(field);
        }
        return new BooleanQuery.Builder().add(in.apply("title"), BooleanClause.Occur.SHOULD)
            .add(in.apply("text"), BooleanClause.Occur.SHOULD).build();
    }
}
